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

  private var file: WatchedFile

  init(path: String) { file = WatchedFile(path: path) }

  /// Nil when nothing has changed.
  mutating func changed() -> Reading? {
    guard file.hasChanged() else { return nil }
    let bytes: [UInt8]
    do {
      bytes = try DiskFile.read(file.path, limitBytes: Self.bytesMax)
    } catch {
      return .problem("\(file.path): \(error)")
    }
    return Self.parse(String(decoding: bytes, as: UTF8.self), path: file.path)
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
