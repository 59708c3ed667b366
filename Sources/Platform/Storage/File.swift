internal import Glibc

/// An open file. Every call is checked, EINTR is retried, and short reads and writes go on.
///
/// Blocks; not thread-safe. The descriptor closes with the object, then without a report: whoever
/// wrote calls `close()` and hears of a late error.
final class File {
  enum Mode {
    case read
    case append
    /// The file must not exist yet, or may be emptied: for temporary names only.
    case create
  }

  let path: String
  private var descriptor: Int32

  init(_ path: String, _ mode: Mode) throws(StorageError) {
    self.path = path
    let flags =
      switch mode {
      case .read: O_RDONLY | O_CLOEXEC
      case .append: O_RDWR | O_CLOEXEC
      case .create: O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC
      }
    descriptor = -1
    descriptor = try call("open") { Glibc.open(path, flags, 0o644) }
  }

  deinit {
    if descriptor >= 0 { _ = Glibc.close(descriptor) }
  }

  func size() throws(StorageError) -> UInt64 {
    var status = stat()
    try call("fstat") { fstat(descriptor, &status) }
    return UInt64(max(0, status.st_size))
  }

  /// Fills `buffer` from `offset` on as far as the file goes, and says how far that was.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(StorageError)
    -> Int
  {
    var done = 0
    while done < buffer.count {
      let count = try call("pread") {
        pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset) + done)
      }
      if count == 0 { break }
      done += count
    }
    return done
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
    var done = 0
    while done < bytes.count {
      done += try call("write") {
        Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      }
    }
  }

  func seek(to offset: UInt64) throws(StorageError) {
    try call("lseek") { lseek(descriptor, off_t(offset), SEEK_SET) }
  }

  func truncate(to size: UInt64) throws(StorageError) {
    try call("ftruncate") { ftruncate(descriptor, off_t(size)) }
  }

  /// Returns when the bytes, and the size needed to find them, are on the device.
  func synchronizeData() throws(StorageError) {
    try call("fdatasync") { fdatasync(descriptor) }
  }

  func synchronize() throws(StorageError) {
    try call("fsync") { fsync(descriptor) }
  }

  /// Not retried on EINTR: Linux has released the descriptor by then.
  func close() throws(StorageError) {
    guard descriptor >= 0 else { return }
    let closing = descriptor
    descriptor = -1
    guard Glibc.close(closing) == 0 || errno == EINTR else {
      throw .system(operation: "close", path: path, code: errno)
    }
  }

  @discardableResult
  private func call<Result: SignedInteger>(
    _ operation: String, _ body: () -> Result
  ) throws(StorageError) -> Result {
    try Self.call(operation, path, body)
  }

  @discardableResult
  static func call<Result: SignedInteger>(
    _ operation: String, _ path: String, _ body: () -> Result
  ) throws(StorageError) -> Result {
    while true {
      let result = body()
      if result >= 0 { return result }
      let code = errno
      if code != EINTR { throw .system(operation: operation, path: path, code: code) }
    }
  }
}

/// Names in folders.
extension File {
  /// Puts `temporary` in the place of `path` and makes the change of name durable.
  static func publish(_ temporary: String, as path: String) throws(StorageError) {
    try call("rename to \(path)", temporary) { rename(temporary, path) }
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let directory = try File(folder, .read)
    try directory.synchronize()
    try directory.close()
  }

  static func remove(_ path: String) {
    _ = unlink(path)
  }
}
