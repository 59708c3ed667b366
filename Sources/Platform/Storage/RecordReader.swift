/// One record of a file, valid until the reader moves on.
package struct RecordView {
  package let payload: UnsafeRawBufferPointer
  /// CRC-32 of its length and payload.
  package let checksum: UInt32
  /// Of the record's head in the file.
  package let offset: UInt64
  /// Counts from 1.
  package let number: UInt64
}

/// Reads a record file from front to back, as far as it went when it was opened.
///
/// Memory: one chunk, or the longest record. Not thread-safe.
package final class RecordReader {
  /// Large enough that system calls do not matter, small enough to stay in the cache.
  private static let chunkBytes = 256 << 10
  /// The most that is searched for a sound record behind what seems to be a torn tail.
  private static let searchBytesMax = 64 << 20

  package let path: String
  /// Nil until the last record has been read.
  package private(set) var end: RecordFileEnd?
  private let file: File
  private let size: UInt64
  private var buffer: UnsafeMutableRawBufferPointer
  private var bufferOffset: UInt64 = 0
  private var bufferCount = 0
  private var offset = UInt64(RecordFile.headerBytes)
  private var number: UInt64 = 0

  /// Fails when the file cannot be read, or is no sound record file of this kind.
  package convenience init(path: String, kind: String) throws(StorageError) {
    try self.init(file: try File(path, .read), kind: kind)
  }

  init(file: File, kind: String) throws(StorageError) {
    self.file = file
    path = file.path
    size = try file.size()
    buffer = .allocate(byteCount: Self.chunkBytes, alignment: 16)
    let header = try view(0, count: RecordFile.headerBytes)
    try RecordFile.checkHeader(header, kind: kind, path: path)
  }

  deinit { buffer.deallocate() }

  /// The next record, or nil at the end, when `end` says how the file ended.
  ///
  /// A record that is damaged, with more behind it, is an error; a last one that is incomplete or
  /// has a wrong checksum is a torn tail.
  package func next() throws(StorageError) -> RecordView? {
    guard end == nil else { return nil }
    let left = size - offset
    if left == 0 {
      end = .complete
      return nil
    }
    let head = try view(offset, count: RecordFile.recordHeadBytes)
    guard head.count == RecordFile.recordHeadBytes else { return try endTorn() }
    let length = RecordFile.integer(head, at: 0)
    let sum = RecordFile.integer(head, at: 4)
    let whole = UInt64(length) + UInt64(RecordFile.recordHeadBytes)
    guard length <= RecordFile.payloadBytesMax, whole <= left else { return try endTorn() }
    let record = try view(offset, count: Int(whole))
    guard record.count == Int(whole) else { throw damaged("the file became shorter meanwhile") }
    let payload = UnsafeRawBufferPointer(rebasing: record[RecordFile.recordHeadBytes...])
    guard RecordFile.checksum(length: length, payload: payload) == sum else {
      if whole == left { return try endTorn() }
      if try isZero(from: offset) { return try endTorn() }
      throw damaged("the checksum is wrong")
    }
    number += 1
    defer { offset += whole }
    return RecordView(payload: payload, checksum: sum, offset: offset, number: number)
  }

  /// Calls `body` with each payload, valid during the call.
  package func forEach(
    _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> RecordFileEnd {
    while let record = try next() { try body(record.payload) }
    return end ?? .complete
  }

  private func damaged(_ reason: String) -> StorageError {
    .damaged(path: path, offset: offset, record: number + 1, reason: reason)
  }

  private func endTorn() throws(StorageError) -> RecordView? {
    if try soundRecordFollows() { throw damaged("it is damaged, and sound records follow") }
    end = .tornTail(offset: offset)
    return nil
  }
}

/// Windows on the file.
extension RecordReader {
  /// The bytes from `start` on, fewer than `count` where the file ends.
  private func view(_ start: UInt64, count: Int) throws(StorageError) -> UnsafeRawBufferPointer {
    let bufferEnd = bufferOffset + UInt64(bufferCount)
    if start < bufferOffset || start + UInt64(count) > bufferEnd {
      try fill(from: start, atLeast: count)
    }
    let from = Int(start - bufferOffset)
    let available = max(0, min(count, bufferCount - from))
    return UnsafeRawBufferPointer(rebasing: buffer[from..<(from + available)])
  }

  private func fill(from start: UInt64, atLeast count: Int) throws(StorageError) {
    if count > buffer.count {
      buffer.deallocate()
      buffer = .allocate(byteCount: count, alignment: 16)
    }
    let wanted = Int(min(UInt64(buffer.count), size > start ? size - start : 0))
    bufferOffset = start
    bufferCount = 0
    bufferCount = try file.read(into: .init(rebasing: buffer[..<wanted]), at: start)
  }

  private func isZero(from start: UInt64) throws(StorageError) -> Bool {
    var at = start
    while at < size {
      let bytes = try view(at, count: Int(min(size - at, UInt64(Self.chunkBytes))))
      guard !bytes.isEmpty else { return true }
      if bytes.contains(where: { $0 != 0 }) { return false }
      at += UInt64(bytes.count)
    }
    return true
  }

  /// A flipped bit in a length can make a record seem to reach the end of the file or run over it.
  /// Sound records behind it tell that from an append that did not finish; to take the one for
  /// the other would drop them.
  private func soundRecordFollows() throws(StorageError) -> Bool {
    var budget = Self.searchBytesMax
    var at = offset + 1
    while at + UInt64(RecordFile.recordHeadBytes) <= size, budget > 0 {
      let head = try view(at, count: RecordFile.recordHeadBytes)
      guard head.count == RecordFile.recordHeadBytes else { return false }
      let length = RecordFile.integer(head, at: 0)
      let sum = RecordFile.integer(head, at: 4)
      let whole = UInt64(length) + UInt64(RecordFile.recordHeadBytes)
      budget -= RecordFile.recordHeadBytes
      if length <= RecordFile.payloadBytesMax, at + whole <= size {
        let record = try view(at, count: Int(whole))
        guard record.count == Int(whole) else { return false }
        budget -= Int(length)
        let payload = UnsafeRawBufferPointer(rebasing: record[RecordFile.recordHeadBytes...])
        if RecordFile.checksum(length: length, payload: payload) == sum { return true }
      }
      at += 1
    }
    return budget <= 0
  }
}
