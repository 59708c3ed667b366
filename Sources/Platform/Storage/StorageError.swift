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

  package var path: String {
    switch self {
    case .system(_, let path, _), .damaged(let path, _, _, _), .unsuitable(let path, _),
      .recordTooLong(let path, _), .unusable(let path, _):
      path
    }
  }

  /// Without the file's name.
  package var reason: String {
    switch self {
    case .system(let operation, _, let code): "\(operation): \(String(cString: strerror(code)))"
    case .damaged(_, let offset, let record, let reason):
      "record \(record) at byte \(offset): \(reason)"
    case .unsuitable(_, let reason), .unusable(_, let reason): reason
    case .recordTooLong(_, let bytes):
      "a record of \(bytes) bytes is over the limit of \(RecordFile.payloadBytesMax)"
    }
  }

  package var description: String { "\(path): \(reason)" }
}
