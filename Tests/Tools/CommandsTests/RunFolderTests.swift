import TestSupport
import Testing

@testable import Commands

struct RunFolderTests {
  private let folder = TemporaryFolder()

  @Test func `a run never gets the folder of an earlier one`() throws {
    let paths = try (0..<3).map { _ in try RunFolder.fresh(folder.file("live")) }
    #expect(paths == ["live", "live-2", "live-3"].map(folder.file))
    #expect(folder.names == ["live", "live-2", "live-3"])
  }

  @Test func `a folder that cannot be made is named`() {
    let error = #expect(throws: CommandFailure.self) {
      try RunFolder.fresh(folder.file("none/live"))
    }
    #expect(error?.description.contains("none/live") == true)
  }

  @Test func `a given folder is made with those above it`() throws {
    #expect(try RunFolder.path(folder.file("a/b")) == folder.file("a/b"))
    #expect(folder.names == ["a"])
  }
}
