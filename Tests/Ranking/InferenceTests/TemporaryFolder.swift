internal import Glibc

/// A folder of its own for one test, removed with all in it when the value goes.
final class TemporaryFolder {
  let path: String

  init() throws {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/brigade-inference-XXXXXX".utf8CString)
    guard let created = mkdtemp(&template) else { throw Failure(errorNumber: errno) }
    path = String(cString: created)
  }

  deinit { Self.remove(path) }

  /// A link is removed, not followed.
  private static func remove(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR, let listing = opendir(path) else {
      unlink(path)
      return
    }
    while let entry = readdir(listing) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { remove("\(path)/\(name)") }
    }
    closedir(listing)
    rmdir(path)
  }

  struct Failure: Error {
    let errorNumber: Int32
  }

  func makeFolder(_ relative: String) throws {
    var partial = path
    for part in relative.split(separator: "/") {
      partial += "/\(part)"
      guard mkdir(partial, 0o700) == 0 || errno == EEXIST else {
        throw Failure(errorNumber: errno)
      }
    }
  }

  func write(_ text: String, to relative: String) throws {
    if let slash = relative.lastIndex(of: "/") { try makeFolder(String(relative[..<slash])) }
    guard let file = fopen("\(path)/\(relative)", "w") else { throw Failure(errorNumber: errno) }
    defer { fclose(file) }
    let bytes = Array(text.utf8)
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
      throw Failure(errorNumber: errno)
    }
  }

  func makePipe(_ relative: String) throws {
    guard mkfifo("\(path)/\(relative)", 0o600) == 0 else { throw Failure(errorNumber: errno) }
  }

  func link(_ relative: String, to target: String) throws {
    guard symlink(target, "\(path)/\(relative)") == 0 else { throw Failure(errorNumber: errno) }
  }
}
