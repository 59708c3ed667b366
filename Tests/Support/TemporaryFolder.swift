internal import Glibc

/// A folder of its own for one test, removed with all in it when the object goes. What can't be
/// done on the disk of a test machine traps.
package final class TemporaryFolder: Sendable {
  package let path: String

  package init() {
    var template = Array("/tmp/brigade-test-XXXXXX".utf8CString)
    precondition(mkdtemp(&template) != nil, "mkdtemp: \(errno)")
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  deinit { Self.remove(path) }

  /// A link is removed, not followed.
  private static func remove(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      unlink(path)
      return
    }
    for name in names(in: path) { remove("\(path)/\(name)") }
    rmdir(path)
  }

  private static func names(in path: String) -> [String] {
    guard let listing = opendir(path) else { return [] }
    defer { closedir(listing) }
    var names: [String] = []
    while let entry = readdir(listing) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  package var names: [String] { Self.names(in: path) }

  package func file(_ name: String) -> String { "\(path)/\(name)" }

  package func makeFolder(_ relative: String) {
    var partial = path
    for part in relative.split(separator: "/") {
      partial += "/\(part)"
      precondition(mkdir(partial, 0o700) == 0 || errno == EEXIST, "mkdir \(partial): \(errno)")
    }
  }

  package func write(_ bytes: [UInt8], to relative: String) {
    if let slash = relative.lastIndex(of: "/") { makeFolder(String(relative[..<slash])) }
    guard let stream = fopen(file(relative), "w") else {
      preconditionFailure("open \(relative): \(errno)")
    }
    precondition(fwrite(bytes, 1, bytes.count, stream) == bytes.count)
    precondition(fclose(stream) == 0)
  }

  package func write(_ text: String, to relative: String) { write(Array(text.utf8), to: relative) }

  /// Nothing when there is no such file.
  package func bytes(of name: String) -> [UInt8] {
    guard let stream = fopen(file(name), "r") else { return [] }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&chunk, 1, chunk.count, stream), count > 0 {
      bytes += chunk[..<count]
    }
    return bytes
  }

  package func makePipe(_ relative: String) {
    precondition(mkfifo(file(relative), 0o600) == 0, "mkfifo: \(errno)")
  }

  package func link(_ relative: String, to target: String) {
    precondition(symlink(target, file(relative)) == 0, "symlink: \(errno)")
  }
}
