import Storage
import TestSupport
import Testing

/// Writing, reading and all the damage that a small file can suffer.
struct RecordFileTests {
  let folder = TemporaryFolder()
  let payloads: [[UInt8]] = [Array("first".utf8), [], [7], Array(repeating: 0, count: 20)]

  private func make(_ name: String = "log") throws {
    let writer = try RecordWriter(creating: folder.file(name), kind: "events")
    for payload in payloads { try writer.append(payload) }
    try writer.finish()
  }

  private func read(_ name: String = "log") throws -> ([[UInt8]], RecordFileEnd) {
    let reader = try RecordReader(path: folder.file(name), kind: "events")
    var found: [[UInt8]] = []
    let end = try reader.forEach { found.append(Array($0)) }
    return (found, end)
  }

  /// Where each record starts, and the file ends.
  private var starts: [Int] {
    payloads.reduce(into: [RecordFile.headerBytes]) {
      $0.append($0.last! + RecordFile.recordHeadBytes + $1.count)
    }
  }

  @Test func `what was written is read back with numbers and offsets`() throws {
    try make()
    let reader = try RecordReader(path: folder.file("log"), kind: "events")
    for (index, payload) in payloads.enumerated() {
      let view = try #require(try reader.next())
      #expect(Array(view.payload) == payload)
      #expect(view.number == UInt64(index + 1))
      #expect(view.offset == UInt64(starts[index]))
      #expect(view.checksum == RecordFile.checksum(ofRecord: payload))
    }
    #expect(try reader.next() == nil)
    #expect(reader.end == .complete)
    #expect(try reader.next() == nil)
  }

  @Test func `a file without records is complete`() throws {
    try RecordWriter(creating: folder.file("log"), kind: "events").finish()
    #expect(try read() == ([], .complete))
  }

  @Test func `records longer than a read chunk come back whole`() throws {
    let long = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let writer = try RecordWriter(creating: folder.file("log"), kind: "events")
    for payload in [long, [1], long] { try writer.append(payload) }
    try writer.finish()
    #expect(try read() == ([long, [1], long], .complete))
  }

  @Test func `cut at any byte, a file gives the records before the cut and a torn tail`() throws {
    try make()
    let whole = folder.bytes(of: "log")
    for length in 0..<whole.count {
      folder.write(Array(whole[..<length]), to: "cut")
      guard length >= RecordFile.headerBytes else {
        #expect(throws: StorageError.self) { try read("cut") }
        continue
      }
      let sound = starts.lastIndex { $0 <= length }!
      let (found, end) = try read("cut")
      #expect(found == Array(payloads[..<sound]), "cut at \(length)")
      let expected: RecordFileEnd =
        starts[sound] == length ? .complete : .tornTail(offset: UInt64(starts[sound]))
      #expect(end == expected, "cut at \(length)")
    }
  }

  @Test func `a flipped bit never yields a wrong record and never hides sound ones`() throws {
    try make()
    let whole = folder.bytes(of: "log")
    for position in whole.indices {
      for bit in 0..<8 {
        var damaged = whole
        damaged[position] ^= 1 << UInt8(bit)
        folder.write(damaged, to: "flipped")
        expectDamage(at: position, inLast: position >= starts[payloads.count - 1])
      }
    }
  }

  /// In the last record a flip looks like an append that did not finish, but for one in its length
  /// that leaves bytes behind it; elsewhere it is an error.
  private func expectDamage(at position: Int, inLast: Bool) {
    do {
      let (found, end) = try read("flipped")
      #expect(inLast, "byte \(position)")
      #expect(found == Array(payloads.dropLast()), "byte \(position)")
      #expect(end == .tornTail(offset: UInt64(starts[payloads.count - 1])), "byte \(position)")
    } catch let error as StorageError {
      let text = "\(error)"
      let last = starts[payloads.count - 1]
      #expect(!inLast || (last..<(last + 4)).contains(position), "byte \(position): \(text)")
      #expect(text.hasPrefix(folder.file("flipped")), "\(text)")
    } catch {
      Issue.record(error)
    }
  }

  @Test func `damage in the middle names file, offset and record`() throws {
    try make()
    var bytes = folder.bytes(of: "log")
    bytes[starts[2] + RecordFile.recordHeadBytes] ^= 1
    folder.write(bytes, to: "log")
    #expect(
      throws: StorageError.damaged(
        path: folder.file("log"), offset: UInt64(starts[2]), record: 3,
        reason: "the checksum is wrong")
    ) { try read() }
  }

  @Test func `zeros that a power loss left behind are a torn tail`() throws {
    try make()
    folder.write(folder.bytes(of: "log") + Array(repeating: 0, count: 300_000), to: "log")
    let (found, end) = try read()
    #expect(found == payloads)
    #expect(end == .tornTail(offset: UInt64(starts.last!)))
  }

  @Test func `an absurd length at the end allocates nothing and is a torn tail`() throws {
    try make()
    folder.write(folder.bytes(of: "log") + Array(repeating: 0xFF, count: 12), to: "log")
    #expect(try read() == (payloads, .tornTail(offset: UInt64(starts.last!))))
  }

  @Test func `another kind, another format and no file are told apart`() throws {
    try make()
    #expect(
      throws: StorageError.unsuitable(
        path: folder.file("log"), reason: "holds \"events\" records, not \"catalogue\"")
    ) { try RecordReader(path: folder.file("log"), kind: "catalogue") }
    folder.write(Array("id,name\n1,Nopa and a good many more bytes".utf8), to: "csv")
    #expect(
      throws: StorageError.unsuitable(
        path: folder.file("csv"), reason: "not a Brigade record file")
    ) { try RecordReader(path: folder.file("csv"), kind: "events") }
    let absent = #expect(throws: StorageError.self) {
      try RecordReader(path: folder.file("absent"), kind: "events")
    }
    #expect(absent?.description == "\(folder.path)/absent: open: No such file or directory")
  }
}
