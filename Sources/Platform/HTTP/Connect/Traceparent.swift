package import RPC

/// W3C Trace Context's header: `00-<32 hex digits>-<16 hex digits>-<2 hex digits>`.
extension TraceContext {
  private static let bytes = 55

  /// Nil for what the recommendation calls invalid; later versions are read as far as we know them.
  package init?(traceparent text: String) {
    let utf8 = Array(text.utf8)
    guard utf8.count >= Self.bytes, utf8[2] == UInt8(ascii: "-"), utf8[35] == UInt8(ascii: "-"),
      utf8[52] == UInt8(ascii: "-"), let version = hexadecimal(utf8[0..<2]), version != 0xFF,
      version == 0
        ? utf8.count == Self.bytes
        : utf8.count == Self.bytes || utf8[Self.bytes] == UInt8(ascii: "-"),
      let high = hexadecimal(utf8[3..<19]), let low = hexadecimal(utf8[19..<35]), high | low != 0,
      let span = hexadecimal(utf8[36..<52]), span != 0, let flags = hexadecimal(utf8[53..<55])
    else { return nil }
    self.init()
    traceHigh = high
    traceLow = low
    parentSpan = span
    self.flags = UInt32(flags)
  }

  /// - Parameter span: of who says it; not zero.
  package func traceparent(span: UInt64) -> String {
    "00-\(digits(traceHigh))\(digits(traceLow))-\(digits(span))-\(digits(UInt64(flags & 0xFF), 2))"
  }
}

/// At most 16 digits, in lower case only.
private func hexadecimal(_ bytes: ArraySlice<UInt8>) -> UInt64? {
  var value: UInt64 = 0
  for byte in bytes {
    switch byte {
    case 0x30...0x39: value = value << 4 | UInt64(byte - 0x30)
    case 0x61...0x66: value = value << 4 | UInt64(byte - 0x61 + 10)
    default: return nil
    }
  }
  return value
}

private func digits(_ value: UInt64, _ width: Int = 16) -> String {
  let text = String(value, radix: 16)
  return String(repeating: "0", count: width - text.utf8.count) + text
}
