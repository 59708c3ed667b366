import Glibc
import TestSupport
import Testing

@testable import Gateway

@Suite struct WatchedFileTests {
  private let folder = TemporaryFolder()

  /// What some looks in a row say.
  private func looks(_ count: Int, at file: inout WatchedFile) -> [Bool] {
    (0..<count).map { _ in file.hasChanged() }
  }

  @Test func `a file has changed at the first look, and then when it is another one`() {
    var file = WatchedFile(path: folder.file("watched"))
    // That there is none is seen once as well.
    #expect(looks(3, at: &file) == [true, false, false])
    folder.write("one", to: "watched")
    #expect(looks(3, at: &file) == [true, false, false])
    unlink(folder.file("watched"))
    #expect(looks(3, at: &file) == [true, false, false])
  }

  @Test func `another file of the same length in its place is another one`() throws {
    folder.write("one", to: "watched")
    folder.write("two", to: "other")
    var file = WatchedFile(path: folder.file("watched"))
    #expect(looks(2, at: &file) == [true, false])
    try #require(rename(folder.file("other"), folder.file("watched")) == 0)
    #expect(looks(2, at: &file) == [true, false])
  }

  @Test func `one that is written again in its place is another one by its length`() {
    folder.write("one", to: "watched")
    var file = WatchedFile(path: folder.file("watched"))
    #expect(looks(2, at: &file) == [true, false])
    folder.write("eleven", to: "watched")
    #expect(looks(2, at: &file) == [true, false])
  }
}
