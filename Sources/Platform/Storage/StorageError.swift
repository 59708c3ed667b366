internal import Glibc

/// Why a file could not be read or written: always names the file.
package enum StorageError: Error, Equatable, CustomStringConvertible {
  /// A system call failed; `code` is its errno.
  case system(operation: String, path: String, code: Int32)
  /// The bytes at `offset` are not what was written there. `record` counts from 1; 0 is the header.
  case damaged(path: String, offset: UInt64, record: UInt64, reason: String)
  /// The file is sound but not of the wanted kind or version.
  case unsuitable(path: String, reason: String)
  /// A record longer than `RecordFile.payloadBytesMax` was to be written.
  case recordTooLong(path: String, bytes: Int)
  /// The writer is closed, or failed before: what it holds cannot be trusted to reach the file.
  case unusable(path: String, reason: String)

  package var description: String {
    switch self {
    case .system(let operation, let path, let code):
      "\(path): \(operation): \(String(cString: strerror(code)))"
    case .damaged(let path, let offset, let record, let reason):
      "\(path): record \(record) at byte \(offset): \(reason)"
    case .unsuitable(let path, let reason):
      "\(path): \(reason)"
    case .recordTooLong(let path, let bytes):
      "\(path): a record of \(bytes) bytes is over the limit of \(RecordFile.payloadBytesMax)"
    case .unusable(let path, let reason):
      "\(path): \(reason)"
    }
  }
}
