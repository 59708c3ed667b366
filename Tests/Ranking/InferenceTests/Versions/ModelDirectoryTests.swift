import TestSupport
import Testing

@testable import Inference

@Suite struct ModelDirectoryTests {
  private let folder = TemporaryFolder()

  private func references(versionsMax: Int = 8) throws -> [String] {
    try ModelDirectory(folder.path, versionsMax: versionsMax).list().keys.map(\.reference).sorted()
  }

  @Test func `every version of every model is found`() throws {
    for path in ["taste/1", "taste/12", "light/3"] { folder.addModel(path) }
    #expect(try references() == ["light/3", "taste/1", "taste/12"])
  }

  @Test func `of many versions the highest are looked at`() throws {
    for version in 1...12 { folder.addModel("taste/\(version)") }
    #expect(try references(versionsMax: 2) == ["taste/11", "taste/12"])
  }

  @Test func `dotted folders, plain files and empty folders are passed over, links followed`()
    throws
  {
    folder.addModel("taste/.incoming")
    folder.addModel(".trash/1")
    folder.write("about these models", to: "README")
    folder.makeFolder("taste/3")
    folder.addModel("taste/1")
    folder.link("taste/2", to: "1")
    #expect(try references() == ["taste/1", "taste/2"])
  }

  @Test func `a root that is not there is an error with its path`() throws {
    let absent = folder.file("absent")
    #expect(
      throws: ModelRefusal(.file, absent, "cannot be opened: No such file or directory")
    ) { try ModelDirectory(absent).list() }
  }

  @Test func `more models than can be kept are refused`() throws {
    for number in 0...ModelDirectory.namesMax { folder.makeFolder("model-\(number)/1") }
    #expect(throws: ModelRefusal.self) { try ModelDirectory(folder.path).list() }
  }

  @Test func `a stamp changes with a file's content, name and number`() throws {
    folder.addModel("taste/1")
    let path = folder.file("taste/1")
    var last = VersionStamp(of: path)
    #expect(last == VersionStamp(of: path))
    #expect(!last.isEmpty)
    for change in ["card.json", "model.txt"] {
      folder.write("something of another length", to: "taste/1/\(change)")
      let stamp = VersionStamp(of: path)
      #expect(stamp != last)
      last = stamp
    }
    folder.write("being written", to: "taste/1/.model.txt.partial")
    #expect(last == VersionStamp(of: path))
    #expect(VersionStamp(of: folder.file("gone")).isEmpty)
  }
}
