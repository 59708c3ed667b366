extension FixedWidthInteger {
  /// Reads a number of JSON's grammar without a detour over Double, which would take
  /// `1.00000000000000000001` for an integer; nil where it is none or out of range.
  init?(exactDecimal text: String) {
    let parts = text.utf8.split(maxSplits: 1) { $0 | 0x20 == UInt8(ascii: "e") }
    let mantissa = parts[0].split(separator: UInt8(ascii: "."), maxSplits: 1)
    let fraction = mantissa.count > 1 ? Array(mantissa[1]) : []
    var digits = Array(mantissa[0]) + fraction
    if !digits.contains(where: { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) }) {
      self = 0
      return
    }
    // An exponent beyond 32 bits cannot be made good by the digits of a text that fits in memory.
    guard let exponent = parts.count > 1 ? Int32(Substring(parts[1])) : 0 else { return nil }
    var scale = Int(exponent) - fraction.count
    while scale < 0, digits.last == UInt8(ascii: "0") {
      digits.removeLast()
      scale += 1
    }
    let digitsMax = 20  // of UInt64.max
    guard (0...digitsMax).contains(scale) else { return nil }
    digits.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: scale))
    self.init(String(decoding: digits, as: UTF8.self))
  }
}
