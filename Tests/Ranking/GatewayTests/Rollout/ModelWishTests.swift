import TestSupport
import Testing

@testable import Gateway

@Suite struct ModelWishTests {
  @Test(arguments: [
    ("", "", nil), ("browse", "browse", nil), ("browse/3", "browse", "3"),
    ("a-b.c/x_1", "a-b.c", "x_1"),
  ])
  func `a wish is a name, a version or nothing`(text: String, name: String, version: String?) throws
  {
    let wish = try #require(ModelWish(text))
    #expect(wish.name == name && wish.version == version && wish.reference == text)
  }

  @Test(arguments: ["/", "a/", "/1", "a/b/c", "a b", "a/1 ", String(repeating: "x", count: 201)])
  func `what is none is refused`(text: String) {
    #expect(ModelWish(text) == nil && ModelSource(text) == nil)
  }

  @Test func `a source is a wish or a file`() {
    #expect(ModelSource("file:/run/model") == .file("/run/model"))
    #expect(ModelSource("browse/1").map { "\($0)" } == "browse/1")
    #expect(ModelSource.file("/run/model").description == "file:/run/model")
    #expect(ModelSource("file:") == nil)
  }

  @Test func `a file is read when it changes, and says what is wrong with it`() throws {
    let folder = TemporaryFolder()
    var file = ModelFile(path: folder.file("model"))
    guard case .problem(let absent)? = file.changed() else {
      Issue.record("a file that is not there")
      return
    }
    #expect(absent.contains("model"))
    #expect(file.changed() == nil)
    folder.write("# of the city\n  browse/2  # since Friday\n", to: "model")
    #expect(file.changed() == ModelWish("browse/2").map { .wish($0) })
    #expect(file.changed() == nil)
    folder.write("browse/2\nbrowse/3\n", to: "model")
    guard case .problem? = file.changed() else {
      Issue.record("two lines")
      return
    }
    folder.write("#nothing\n", to: "model")
    #expect(file.changed() == .wish(.anything))
    folder.write(String(repeating: "#", count: 5_000), to: "model")
    guard case .problem? = file.changed() else {
      Issue.record("too long")
      return
    }
  }
}
