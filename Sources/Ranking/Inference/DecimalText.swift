/// Numbers as the model format and numeric CSV files write them.
package enum DecimalText {
  /// More bytes than any exact decimal of a double needs (about 1,080): longer ones are hostile.
  static let lengthMax = 1_200
  /// Text quoted in an error is cut here, so that a broken file cannot flood a log.
  static let excerptLength = 40

  /// The double nearest to a decimal number, `inf`, `infinity` or `nan` in any case, with an
  /// optional sign. Nil for all else: hexadecimal, blanks, `nan(payload)`. Magnitudes beyond the
  /// largest double give infinity, as `strtod` does.
  package static func double(_ text: ArraySlice<UInt8>) -> Double? {
    guard !text.isEmpty, text.count <= lengthMax else { return nil }
    let sign = text[text.startIndex]
    let isSigned = sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+")
    let magnitude = isSigned ? text.dropFirst() : text
    if isDecimal(magnitude) { return Double(String(decoding: text, as: UTF8.self)) }
    switch String(decoding: magnitude.prefix(9), as: UTF8.self).lowercased() {
    case "inf", "infinity": return sign == UInt8(ascii: "-") ? -.infinity : .infinity
    case "nan": return .nan
    default: return nil
    }
  }

  /// A decimal integer that fits 64 bits, or nil.
  static func integer(_ text: ArraySlice<UInt8>) -> Int? {
    guard text.count <= lengthMax else { return nil }
    return Int(String(decoding: text, as: UTF8.self))
  }

  /// The beginning of untrusted text, for an error message.
  package static func excerpt(_ text: some Collection<UInt8>) -> String {
    let start = String(decoding: text.prefix(excerptLength), as: UTF8.self)
    let printable = String(
      start.unicodeScalars.map { $0.value < 0x20 ? "\u{FFFD}" : Character($0) })
    return text.count > excerptLength ? printable + "…" : printable
  }

  /// digits [. digits] [e [sign] digits], with a digit on at least one side of the point.
  private static func isDecimal(_ text: ArraySlice<UInt8>) -> Bool {
    var rest = text
    var mantissaDigits = dropDigits(&rest)
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      mantissaDigits += dropDigits(&rest)
    }
    guard mantissaDigits > 0 else { return false }
    guard let next = rest.first else { return true }
    guard next == UInt8(ascii: "e") || next == UInt8(ascii: "E") else { return false }
    rest.removeFirst()
    if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    return dropDigits(&rest) > 0 && rest.isEmpty
  }

  private static func dropDigits(_ text: inout ArraySlice<UInt8>) -> Int {
    let start = text.startIndex
    var end = start
    while end < text.endIndex, text[end] &- UInt8(ascii: "0") < 10 { end += 1 }
    text = text[end...]
    return end - start
  }
}
