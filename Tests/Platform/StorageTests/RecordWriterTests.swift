import Glibc
import Storage
import TestSupport
import Testing

struct RecordWriterTests {
  let folder = TemporaryFolder()
  var path: String { folder.file("log") }

  private func create(_ payloads: [[UInt8]]) throws {
    let writer = try RecordWriter(creating: path, kind: "events")
    for payload in payloads { try writer.append(payload) }
    try writer.finish()
  }

  private func read() throws -> [[UInt8]] {
    var found: [[UInt8]] = []
    let end = try RecordReader(path: path, kind: "events").forEach { found.append(Array($0)) }
    #expect(end == .complete)
    return found
  }

  @Test func `a new file appears only when it is finished`() throws {
    let writer = try RecordWriter(creating: path, kind: "events")
    try writer.append([1])
    try writer.sync()
    #expect(!folder.names.contains("log"))
    try writer.finish()
    #expect(folder.names == ["log"])
    #expect(try read() == [[1]])
  }

  @Test func `a new file that is given up leaves the old one and nothing else`() throws {
    try create([[1]])
    do {
      let writer = try RecordWriter(creating: path, kind: "events")
      try writer.append([2])
      try writer.close()
    }
    _ = try RecordWriter(creating: path, kind: "events")
    #expect(folder.names == ["log"])
    #expect(try read() == [[1]])
  }

  @Test func `appending goes on where the file ended`() throws {
    try create([[1]])
    let writer = try RecordWriter(appendingTo: path, kind: "events")
    #expect(writer.recordsBefore == 1)
    #expect(writer.endBefore == .complete)
    try writer.append([2])
    #expect(try read() == [[1]])
    try writer.flush()
    #expect(try read() == [[1], [2]])
    try writer.append([3])
    try writer.close()
    #expect(try read() == [[1], [2], [3]])
  }

  @Test func `a torn tail is cut off before appending, wherever it was torn`() throws {
    try create([[1], [2, 2]])
    let whole = folder.bytes(of: "log")
    let firstEnd = whole.count - RecordFile.recordHeadBytes - 2
    for length in (firstEnd + 1)..<whole.count {
      folder.write(Array(whole[..<length]), to: "log")
      let writer = try RecordWriter(appendingTo: path, kind: "events")
      #expect(writer.recordsBefore == 1)
      #expect(writer.endBefore == .tornTail(offset: UInt64(firstEnd)))
      try writer.append([3])
      try writer.close()
      #expect(try read() == [[1], [3]], "torn at \(length)")
    }
  }

  @Test func `a file damaged in the middle is not appended to and not changed`() throws {
    try create([[1], [2]])
    var bytes = folder.bytes(of: "log")
    bytes[RecordFile.headerBytes + RecordFile.recordHeadBytes] ^= 4
    folder.write(bytes, to: "log")
    #expect(throws: StorageError.self) { try RecordWriter(appendingTo: path, kind: "events") }
    #expect(folder.bytes(of: "log") == bytes)
  }

  @Test func `a record over the limit is refused and the others stay`() throws {
    let writer = try RecordWriter(creating: path, kind: "events")
    try writer.append([1])
    let long = [UInt8](repeating: 0, count: RecordFile.payloadBytesMax + 1)
    #expect(throws: StorageError.recordTooLong(path: path, bytes: long.count)) {
      try writer.append(long)
    }
    try writer.append(Array(long.dropLast()))
    try writer.finish()
    #expect(try read().map(\.count) == [1, RecordFile.payloadBytesMax])
  }

  @Test func `a closed writer takes nothing more`() throws {
    let writer = try RecordWriter(creating: path, kind: "events")
    try writer.finish()
    #expect(throws: StorageError.self) { try writer.append([1]) }
    #expect(throws: StorageError.self) { try writer.sync() }
  }

  @Test func `a writer that failed stays failed and leaves nothing behind`() throws {
    try create([[1]])
    var writer: RecordWriter? = try RecordWriter(creating: path, kind: "events")
    try writer?.append([2])
    let temporary = try #require(folder.names.first { $0.hasSuffix(".partial") })
    unlink(folder.file(temporary))
    let error = #expect(throws: StorageError.self) { try writer?.finish() }
    #expect(error?.description.contains("rename to \(path): No such file") == true)
    let later = #expect(throws: StorageError.self) { try writer?.append([3]) }
    #expect(later?.description.contains("writing failed before") == true)
    writer = nil
    #expect(folder.names == ["log"])
    #expect(try read() == [[1]])
  }

  @Test func `a folder that is not there is named`() throws {
    let error = #expect(throws: StorageError.self) {
      try RecordWriter(creating: folder.file("absent/log"), kind: "events")
    }
    #expect(error?.description.hasPrefix("\(folder.path)/absent/log.") == true)
    #expect(error?.description.hasSuffix(".partial: open: No such file or directory") == true)
  }
}
