internal import Glibc
internal import Storage

/// The files of a spool: numbered segments, the cursor, and a lock, as two gateways in one folder
/// would forward and delete each other's segments.
final class SpoolFolder: Sendable {
  static let kind = "served"
  private static let suffix = ".spool"
  private static let cursorBytesMax = 64

  let path: String
  private let lock: Int32

  /// Makes the folder where there is none, in one that is there.
  init(_ path: String) throws(StorageError) {
    self.path = path
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw .system(operation: "mkdir", path: path, code: errno)
    }
    let name = "\(path)/lock"
    let descriptor = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system(operation: "open", path: name, code: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      if code == EWOULDBLOCK {
        throw .unsuitable(path: path, reason: "another gateway has this spool")
      }
      throw .system(operation: "flock", path: name, code: code)
    }
    // Last: an initializer that throws with all properties set runs `deinit`, which closes it again,
    // and by then the number may be somebody else's.
    lock = descriptor
  }

  deinit { close(lock) }

  func segment(_ number: UInt64) -> String { "\(path)/\(SpoolCursor.padded(number))\(Self.suffix)" }

  /// The segments' numbers, in order. What a run that crashed had begun to create is removed.
  func segmentNumbers() throws(StorageError) -> [UInt64] {
    guard let listing = opendir(path) else {
      throw .system(operation: "opendir", path: path, code: errno)
    }
    defer { closedir(listing) }
    var numbers: [UInt64] = []
    while let entry = readdir(listing) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasSuffix(".partial") { unlink("\(path)/\(name)") }
      guard name.hasSuffix(Self.suffix), let number = UInt64(name.dropLast(Self.suffix.count)),
        // Leaves room to count on from.
        number < UInt64.max / 2, segment(number) == "\(path)/\(name)"
      else { continue }
      numbers.append(number)
    }
    return numbers.sorted()
  }

  func sizeAndChange(_ number: UInt64) throws(StorageError) -> (bytes: Int, milliseconds: Int64) {
    var status = stat()
    guard stat(segment(number), &status) == 0 else {
      throw .system(operation: "stat", path: segment(number), code: errno)
    }
    let time = status.st_mtim
    return (Int(status.st_size), Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
  }

  /// An empty segment that is there after a power loss as well.
  func create(_ number: UInt64) throws(StorageError) -> RecordWriter {
    try RecordWriter(creating: segment(number), kind: Self.kind).finish()
    return try RecordWriter(appendingTo: segment(number), kind: Self.kind)
  }

  func remove(_ number: UInt64) { unlink(segment(number)) }

  /// Returns when what the segment's writer has flushed is on the device. A segment that is gone
  /// was forwarded: its events are on the log's disk.
  func synchronize(_ number: UInt64) throws(StorageError) {
    // Not through its writer: others append with that meanwhile, and should not wait for the disk.
    let descriptor = open(segment(number), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return }
      throw .system(operation: "open", path: segment(number), code: errno)
    }
    defer { close(descriptor) }
    guard fdatasync(descriptor) == 0 else {
      throw .system(operation: "fdatasync", path: segment(number), code: errno)
    }
  }

  /// The start of everything where there is none that can be read: what is sent again is dropped
  /// by its id.
  func cursor() -> SpoolCursor {
    let bytes = try? DiskFile.read("\(path)/cursor", limitBytes: Self.cursorBytesMax)
    return bytes.flatMap { SpoolCursor($0) } ?? SpoolCursor()
  }

  /// Not synced: an older one after a power loss only has some sent again.
  func write(_ cursor: SpoolCursor) throws(StorageError) {
    let name = "\(path)/cursor"
    let descriptor = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system(operation: "open", path: name, code: errno) }
    defer { close(descriptor) }
    let bytes = cursor.encoded
    guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
      throw .system(operation: "write", path: name, code: errno)
    }
  }
}
