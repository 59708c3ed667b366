internal import Glibc

/// Reading whole files and folders that a person or another program left.
package enum DiskFile {
  package enum Failure: Error, Equatable, CustomStringConvertible {
    case cannotOpen(reason: String)
    case notAFile
    case tooLarge(limitBytes: Int)
    case cannotRead(reason: String)

    package var description: String {
      switch self {
      case .cannotOpen(let reason): "cannot be opened: \(reason)"
      case .notAFile: "is not a regular file"
      case .tooLarge(let limitBytes): "is larger than the limit of \(limitBytes) bytes"
      case .cannotRead(let reason): "cannot be read: \(reason)"
      }
    }
  }

  /// The whole of a regular file; blocks on the disk.
  package static func read(
    _ path: String, limitBytes: Int
  ) throws(Failure) -> [UInt8] {
    // Without O_NONBLOCK, opening a named pipe would wait for its writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .cannotOpen(reason: lastError()) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .cannotRead(reason: lastError()) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
    guard status.st_size <= limitBytes else { throw .tooLarge(limitBytes: limitBytes) }
    return try bytes(of: descriptor, sizeBytes: Int(status.st_size))
  }

  /// Up to the size the file had when it was opened; one that shrank since gives what is left.
  private static func bytes(of descriptor: Int32, sizeBytes: Int) throws(Failure) -> [UInt8] {
    var failure: Failure?
    let bytes = [UInt8](unsafeUninitializedCapacity: sizeBytes) { buffer, count in
      while count < sizeBytes {
        let rest = UnsafeMutableBufferPointer(rebasing: buffer[count...])
        let received = Glibc.read(descriptor, rest.baseAddress, rest.count)
        if received > 0 {
          count += received
        } else if received == 0 {
          return
        } else if errno != EINTR {
          failure = .cannotRead(reason: lastError())
          return
        }
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// The names of the folders (or links to folders) in a folder, sorted; those that begin with a
  /// dot are left out.
  package static func folders(in path: String) throws(Failure) -> [String] {
    guard let listing = opendir(path) else { throw .cannotOpen(reason: lastError()) }
    defer { closedir(listing) }
    var names: [String] = []
    while let entry = readdir(listing) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      var status = stat()
      let isFolder =
        stat("\(path)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      if isFolder && !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// When a file was last written, in Unix milliseconds; nil where it is not there.
  package static func modifiedMilliseconds(_ path: String) -> Int64? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    let (milliseconds, overflows) = Int64(status.st_mtim.tv_sec).multipliedReportingOverflow(
      by: 1_000)
    return overflows ? nil : milliseconds + Int64(status.st_mtim.tv_nsec) / 1_000_000
  }

  private static func lastError() -> String { String(cString: strerror(errno)) }
}
