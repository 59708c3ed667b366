extension JSONParser {
  /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
  mutating func parseNumber() throws(JSONError) -> String {
    let start = offset
    _ = take(UInt8(ascii: "-"))
    if take(UInt8(ascii: "0")) {
      if isDigit(current) { throw error("a number has no leading zeros") }
    } else {
      try parseDigits()
    }
    if take(UInt8(ascii: ".")) { try parseDigits() }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try parseDigits()
    }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func parseDigits() throws(JSONError) {
    guard isDigit(current) else { throw unexpected("a digit") }
    while isDigit(current) { offset += 1 }
  }

  func isDigit(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    return byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  /// From the opening quote to past the closing one. Text between escapes is copied in runs.
  mutating func parseString() throws(JSONError) -> String {
    offset += 1
    var unescaped: [UInt8] = []
    var runStart = offset
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        let run = bytes[runStart..<offset]
        offset += 1
        if unescaped.isEmpty { return String(decoding: run, as: UTF8.self) }
        return String(decoding: unescaped + run, as: UTF8.self)
      case UInt8(ascii: "\\"):
        unescaped.append(contentsOf: bytes[runStart..<offset])
        try parseEscape(into: &unescaped)
        runStart = offset
      case 0..<0x20: throw unexpected("a control character to be written as an escape")
      case 0x20..<0x80: offset += 1
      default: try skipScalar()
      }
    }
    throw error("a string is not closed")
  }

  /// Past one scalar of two to four bytes, as table 3-7 of the Unicode standard allows them.
  private mutating func skipScalar() throws(JSONError) {
    let first = bytes[offset]
    let (count, second): (Int, ClosedRange<UInt8>) =
      switch first {
      case 0xC2...0xDF: (2, 0x80...0xBF)
      case 0xE0: (3, 0xA0...0xBF)
      case 0xED: (3, 0x80...0x9F)
      case 0xE1...0xEF: (3, 0x80...0xBF)
      case 0xF0: (4, 0x90...0xBF)
      case 0xF1...0xF3: (4, 0x80...0xBF)
      case 0xF4: (4, 0x80...0x8F)
      default: (0, 0...0)
      }
    let end = offset + count
    guard count > 0, end <= bytes.count, second.contains(bytes[offset + 1]),
      bytes[(offset + 2)..<end].allSatisfy({ (0x80...0xBF).contains($0) })
    else { throw error("a string is not valid UTF-8") }
    offset = end
    continuationBytes += count - 1
  }

  private mutating func parseEscape(into unescaped: inout [UInt8]) throws(JSONError) {
    offset += 1
    let byte: UInt8
    switch current {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte = bytes[offset]
    case UInt8(ascii: "b"): byte = 0x08
    case UInt8(ascii: "f"): byte = 0x0C
    case UInt8(ascii: "n"): byte = 0x0A
    case UInt8(ascii: "r"): byte = 0x0D
    case UInt8(ascii: "t"): byte = 0x09
    case UInt8(ascii: "u"):
      offset += 1
      let scalar = try parseEscapedScalar()
      unescaped.append(contentsOf: UTF8.encode(scalar)!)
      return
    default: throw unexpected("one of \" \\ / b f n r t u after a backslash")
    }
    offset += 1
    unescaped.append(byte)
  }

  private mutating func parseEscapedScalar() throws(JSONError) -> Unicode.Scalar {
    let start = position
    let high = try parseFourHexDigits()
    if let scalar = Unicode.Scalar(high) { return scalar }
    let loneSurrogate = JSONError(position: start, message: "a surrogate without its other half")
    guard UTF16.isLeadSurrogate(high), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
      throw loneSurrogate
    }
    let low = try parseFourHexDigits()
    guard UTF16.isTrailSurrogate(low) else { throw loneSurrogate }
    let value = 0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(low) - 0xDC00)
    guard let scalar = Unicode.Scalar(value) else { throw loneSurrogate }
    return scalar
  }

  private mutating func parseFourHexDigits() throws(JSONError) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw unexpected("four hexadecimal digits")
      }
      value = value << 4 | UInt16(digit)
      offset += 1
    }
    return value
  }
}
