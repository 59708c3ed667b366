internal import Glibc

/// A file that is to be read when it has become another one.
struct WatchedFile: Sendable {
  let path: String
  private var seen: Mark?

  init(path: String) { self.path = path }

  /// Whether it is another one than at the last look, which it is at the first. Looks at its entry in
  /// the folder only.
  mutating func hasChanged() -> Bool {
    // Before it is read: what is written in between is a change at the next look.
    let mark = Mark(of: path)
    defer { seen = mark }
    return mark != seen
  }

  private struct Mark: Equatable {
    private var inode: UInt64 = 0
    private var size: Int64 = -1
    private var seconds = 0
    private var nanoseconds = 0

    /// A file that is not there has a mark of its own.
    init(of path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return }
      inode = UInt64(status.st_ino)
      size = Int64(status.st_size)
      seconds = status.st_mtim.tv_sec
      nanoseconds = status.st_mtim.tv_nsec
    }
  }
}
