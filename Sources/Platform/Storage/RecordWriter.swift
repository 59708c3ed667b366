internal import Glibc

/// Writes records behind a buffer. Blocks; not thread-safe.
///
/// A writer that has failed stays failed: after an error of `write` or `fdatasync` nobody knows
/// which bytes are in the file, so a later success would promise too much. Open the file anew.
package final class RecordWriter {
  /// Bytes gathered before they are written.
  private static let bufferBytes = 256 << 10

  /// The name that the file has, or will have after `finish()`.
  package let path: String
  /// Sound records of the file that were there when it was opened for appending.
  package let recordsBefore: UInt64
  /// Whether opening cut off an append that had not finished.
  package let endBefore: RecordFileEnd
  private let file: File
  private let isTemporary: Bool
  private var buffer: [UInt8] = []
  private var failure: StorageError?
  private var isClosed = false

  /// Starts a new file under a temporary name; `finish()` puts it in place. Without `finish()` the
  /// file of that name stays as it was, and the temporary one is removed.
  package init(creating path: String, kind: String) throws(StorageError) {
    self.path = path
    file = try File("\(path).\(getpid()).partial", .create)
    isTemporary = true
    recordsBefore = 0
    endBefore = .complete
    buffer = RecordFile.header(kind: kind)
  }

  /// Opens a file to append to. All of it is verified first; a torn tail is cut off.
  package init(appendingTo path: String, kind: String) throws(StorageError) {
    self.path = path
    file = try File(path, .append)
    isTemporary = false
    let reader = try RecordReader(file: file, kind: kind)
    var records: UInt64 = 0
    while try reader.next() != nil { records += 1 }
    recordsBefore = records
    endBefore = reader.end ?? .complete
    if case .tornTail(let offset) = endBefore {
      try file.truncate(to: offset)
      try file.synchronize()
      try file.seek(to: offset)
    } else {
      try file.seek(to: try file.size())
    }
  }

  deinit {
    if isTemporary, !isClosed { File.remove(file.path) }
  }

  /// The record reaches the file with the next `flush`, `sync` or `finish`, or when the buffer
  /// is full.
  package func append(_ payload: [UInt8]) throws(StorageError) {
    try requireUsable()
    guard payload.count <= RecordFile.payloadBytesMax else {
      throw .recordTooLong(path: path, bytes: payload.count)
    }
    let length = UInt32(payload.count)
    let sum = RecordFile.checksum(ofRecord: payload)
    withUnsafeBytes(of: length.littleEndian) { buffer.append(contentsOf: $0) }
    withUnsafeBytes(of: sum.littleEndian) { buffer.append(contentsOf: $0) }
    buffer.append(contentsOf: payload)
    if buffer.count >= Self.bufferBytes { try flush() }
  }

  /// Hands everything to the operating system.
  package func flush() throws(StorageError) {
    try requireUsable()
    try remembering { () throws(StorageError) in try writeBuffer() }
  }

  /// Returns when everything appended is on the device.
  package func sync() throws(StorageError) {
    try flush()
    try remembering { () throws(StorageError) in try file.synchronizeData() }
  }

  /// Of a new file: makes it durable, puts it in its place and closes it.
  package func finish() throws(StorageError) {
    precondition(isTemporary, "only a new file is finished")
    try flush()
    try remembering { () throws(StorageError) in
      try file.synchronize()
      try file.close()
      try File.publish(file.path, as: path)
    }
    isClosed = true
  }

  /// Flushes and closes. A new file that was not finished is given up.
  package func close() throws(StorageError) {
    guard !isClosed else { return }
    defer { isClosed = true }
    if isTemporary {
      File.remove(file.path)
    } else {
      try flush()
    }
    try file.close()
  }

  private func writeBuffer() throws(StorageError) {
    guard !buffer.isEmpty else { return }
    let result: Result<Void, StorageError> = buffer.withUnsafeBytes { bytes in
      do throws(StorageError) { return .success(try file.write(bytes)) } catch {
        return .failure(error)
      }
    }
    try result.get()
    buffer.removeAll(keepingCapacity: true)
  }

  private func requireUsable() throws(StorageError) {
    if isClosed { throw .unusable(path: path, reason: "the writer is closed") }
    if let failure {
      throw .unusable(path: path, reason: "writing failed before: \(failure)")
    }
  }

  private func remembering(_ body: () throws(StorageError) -> Void) throws(StorageError) {
    do throws(StorageError) { try body() } catch {
      failure = error
      throw error
    }
  }
}
