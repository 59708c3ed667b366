internal import Inference
internal import Testing

struct ModelFileTests {
  @Test func `a file is read whole`() throws {
    let folder = try TemporaryFolder()
    try folder.write("tree\n", to: "model.txt")
    try folder.write("", to: "empty")
    #expect(try ModelFile.read("\(folder.path)/model.txt") == Array("tree\n".utf8))
    #expect(try ModelFile.read("\(folder.path)/empty") == [])
  }

  @Test func `a file over the limit is refused`() throws {
    let folder = try TemporaryFolder()
    try folder.write("12345", to: "model.txt")
    let path = "\(folder.path)/model.txt"
    #expect(try ModelFile.read(path, limitBytes: 5).count == 5)
    #expect(throws: ModelFile.Failure.tooLarge(limitBytes: 4)) {
      try ModelFile.read(path, limitBytes: 4)
    }
  }

  @Test func `a named pipe or a folder is refused without waiting`() throws {
    let folder = try TemporaryFolder()
    try folder.makePipe("model.txt")
    #expect(throws: ModelFile.Failure.notAFile) { try ModelFile.read("\(folder.path)/model.txt") }
    #expect(throws: ModelFile.Failure.notAFile) { try ModelFile.read(folder.path) }
  }

  @Test func `folders are listed in order, without files and dotted names`() throws {
    let folder = try TemporaryFolder()
    for name in ["b", "a", ".hidden"] { try folder.makeFolder(name) }
    try folder.write("", to: "file")
    #expect(try ModelFile.folders(in: folder.path) == ["a", "b"])
  }

  @Test func `a folder that is not there is an error with the system's reason`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: ModelFile.Failure.cannotOpen(reason: "No such file or directory")) {
      try ModelFile.folders(in: "\(folder.path)/absent")
    }
  }
}
