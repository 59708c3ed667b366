/// A name and a value that is already text, cut to a length that a log can bear.
struct LogField: Sendable {
  let name: String
  let value: String
  /// A number or a boolean, which JSON writes without quotes.
  let isBare: Bool

  /// Values can come from strangers; a kibibyte says what went wrong and keeps a line with a few of
  /// them within the 4,096 bytes that a pipe takes whole.
  static let valueBytesMax = 1024

  init(_ name: String, _ value: any CustomStringConvertible) {
    self.name = Self.safe(name)
    self.value = Self.cut(value.description)
    isBare =
      switch value {
      case let value as Double: value.isFinite
      case let value as Float: value.isFinite
      default: value is Bool || value is any BinaryInteger
      }
  }

  static func cut(_ text: String) -> String {
    guard text.utf8.count > valueBytesMax else { return text }
    var end = text.utf8.index(text.startIndex, offsetBy: valueBytesMax)
    while text.utf8[end] & 0xC0 == 0x80 { text.utf8.formIndex(before: &end) }
    return String(text[..<end]) + "…"
  }

  private static func safe(_ name: String) -> String {
    let isSafe = name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != 0x22 && $0 != 0x3D }
    return isSafe && !name.isEmpty ? name : "invalid_name"
  }
}
