internal import Glibc

/// Where a version of a model is, or should be.
package struct VersionFolder: Hashable, Sendable {
  package let name: String
  package let version: String
  package let path: String

  package var reference: String { "\(name)/\(version)" }
  package func file(_ name: String) -> String { "\(path)/\(name)" }
}

/// What the files of a folder looked like, so that a change shows without reading them.
package struct VersionStamp: Equatable, Sendable {
  /// A version has a few; more are not looked at.
  static let filesMax = 64

  private struct File: Equatable, Sendable {
    let name: String
    let inode: UInt64
    let bytes: Int
    let modifiedSeconds: Int
    let modifiedNanoseconds: Int
  }

  private let files: [File]

  /// Of a folder that is gone, or in which there is nothing yet.
  package var isEmpty: Bool { files.isEmpty }

  /// Of a folder as it is now; dotted files are those of programs that write.
  package init(of folder: String) {
    var files: [File] = []
    if let listing = opendir(folder) {
      defer { closedir(listing) }
      while files.count < Self.filesMax, let entry = readdir(listing) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        var status = stat()
        guard !name.hasPrefix("."), stat("\(folder)/\(name)", &status) == 0,
          status.st_mode & S_IFMT == S_IFREG
        else { continue }
        files.append(
          File(
            name: name, inode: UInt64(status.st_ino), bytes: Int(status.st_size),
            modifiedSeconds: status.st_mtim.tv_sec, modifiedNanoseconds: status.st_mtim.tv_nsec))
      }
    }
    self.files = files.sorted { $0.name < $1.name }
  }
}
