internal import Glibc
internal import Storage

/// Reads the file that says which model is wanted, when it has changed.
struct ModelFile {
  /// A line and what people write around it.
  static let bytesMax = 4 << 10

  enum Reading: Equatable {
    case wish(ModelWish)
    /// Why there is none; what was wanted before stays so.
    case problem(String)
  }

  let path: String
  private var seen: Mark?

  private struct Mark: Equatable {
    var inode: UInt64 = 0
    var size: Int64 = -1
    var seconds = 0
    var nanoseconds = 0
  }

  init(path: String) { self.path = path }

  /// Nil when nothing has changed.
  mutating func changed() -> Reading? {
    let mark = Self.mark(of: path)
    guard mark != seen else { return nil }
    seen = mark
    let bytes: [UInt8]
    do {
      bytes = try DiskFile.read(path, limitBytes: Self.bytesMax)
    } catch {
      return .problem("\(path): \(error)")
    }
    return Self.parse(String(decoding: bytes, as: UTF8.self), path: path)
  }

  /// A file that is not there has a mark of its own.
  private static func mark(of path: String) -> Mark {
    var status = stat()
    guard stat(path, &status) == 0 else { return Mark() }
    return Mark(
      inode: UInt64(status.st_ino), size: Int64(status.st_size),
      seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
  }

  static func parse(_ text: String, path: String) -> Reading {
    let lines = text.split(whereSeparator: \.isNewline).map { line in
      line.prefix { $0 != "#" }.filter { !$0.isWhitespace }
    }.filter { !$0.isEmpty }
    guard lines.count <= 1, let wish = ModelWish(lines.first ?? "") else {
      return .problem("\(path): is not one line with a name or name/version")
    }
    return .wish(wish)
  }
}
