internal import Glibc
internal import Storage

/// Small files as a whole, and folders. Blocks.
enum FileContents {
  static func read(_ path: String, bytesMax: Int) throws(ImportError) -> [UInt8] {
    do throws(DiskFile.Failure) {
      return try DiskFile.read(path, limitBytes: bytesMax)
    } catch {
      throw .file(path: path, reason: "\(error)")
    }
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
