internal import Glibc

/// Small files as a whole, and folders. Blocks.
enum FileContents {
  static func read(_ path: String, bytesMax: Int) throws(ImportError) -> [UInt8] {
    guard let stream = fopen(path, "re") else { throw failure(path) }
    defer { fclose(stream) }
    var bytes = [UInt8](repeating: 0, count: bytesMax + 1)
    errno = 0
    let count = fread(&bytes, 1, bytes.count, stream)
    if ferror(stream) != 0 { throw failure(path) }
    guard count <= bytesMax else {
      throw .file(path: path, reason: "it is longer than \(bytesMax) bytes")
    }
    return Array(bytes[..<count])
  }

  /// The file is there whole, or as it was before.
  static func write(_ bytes: [UInt8], to path: String) throws(ImportError) {
    let temporary = "\(path).\(getpid()).partial"
    guard let stream = fopen(temporary, "we") else { throw failure(temporary) }
    let isWritten =
      fwrite(bytes, 1, bytes.count, stream) == bytes.count && fflush(stream) == 0
      && fsync(fileno(stream)) == 0
    let error = isWritten ? nil : failure(temporary)
    fclose(stream)
    if error == nil, rename(temporary, path) == 0 { return }
    let reason = error ?? failure(path)
    unlink(temporary)
    throw reason
  }

  /// With the folders above it.
  static func makeFolder(_ path: String) throws(ImportError) {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR else {
        throw .file(path: path, reason: "it is there and is no folder")
      }
      return
    }
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      try makeFolder(String(path[..<slash]))
    }
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw failure(path) }
  }

  static func failure(_ path: String) -> ImportError {
    .file(path: path, reason: String(cString: strerror(errno)))
  }
}
