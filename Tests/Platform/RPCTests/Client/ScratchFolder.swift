internal import Glibc

/// A folder of a test's own, removed with all in it.
final class ScratchFolder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/brigade-rpc-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
  }

  deinit {
    if let folder = opendir(path) {
      while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
        }
        unlink("\(path)/\(name)")
      }
      closedir(folder)
    }
    rmdir(path)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Appears whole, as a new file.
  func write(_ text: String, to name: String) {
    let bytes = Array(text.utf8)
    let file = fopen(self.file(name + ".new"), "we")!
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    rename(self.file(name + ".new"), self.file(name))
  }

  func exists(_ name: String) -> Bool { access(file(name), F_OK) == 0 }
}
