import TestSupport
import Testing

@testable import Storage

struct DiskFileTests {
  @Test func `a file is read whole`() throws {
    let folder = TemporaryFolder()
    folder.write("tree\n", to: "model.txt")
    folder.write("", to: "empty")
    #expect(try DiskFile.read("\(folder.path)/model.txt", limitBytes: 100) == Array("tree\n".utf8))
    #expect(try DiskFile.read("\(folder.path)/empty", limitBytes: 100) == [])
  }

  @Test func `a file over the limit is refused`() throws {
    let folder = TemporaryFolder()
    folder.write("12345", to: "model.txt")
    let path = "\(folder.path)/model.txt"
    #expect(try DiskFile.read(path, limitBytes: 5).count == 5)
    #expect(throws: DiskFile.Failure.tooLarge(limitBytes: 4)) {
      try DiskFile.read(path, limitBytes: 4)
    }
  }

  @Test func `a named pipe or a folder is refused without waiting`() throws {
    let folder = TemporaryFolder()
    folder.makePipe("model.txt")
    #expect(throws: DiskFile.Failure.notAFile) {
      try DiskFile.read("\(folder.path)/model.txt", limitBytes: 100)
    }
    #expect(throws: DiskFile.Failure.notAFile) {
      try DiskFile.read(folder.path, limitBytes: 100)
    }
  }

  @Test func `folders are listed in order, without files and dotted names`() throws {
    let folder = TemporaryFolder()
    for name in ["b", "a", ".hidden"] { folder.makeFolder(name) }
    folder.write("", to: "file")
    #expect(try DiskFile.folders(in: folder.path) == ["a", "b"])
  }

  @Test func `a folder that is not there is an error with the system's reason`() throws {
    let folder = TemporaryFolder()
    #expect(throws: DiskFile.Failure.cannotOpen(reason: "No such file or directory")) {
      try DiskFile.folders(in: "\(folder.path)/absent")
    }
  }
}
