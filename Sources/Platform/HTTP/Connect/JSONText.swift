/// The scalars of JSON, as bytes.
extension [UInt8] {
  /// In decimal.
  mutating func append(digitsOf number: some FixedWidthInteger & BinaryInteger) {
    if number < 0 { append(UInt8(ascii: "-")) }
    var rest = UInt64(number.magnitude)
    let start = count
    repeat {
      append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    self[start...].reverse()
  }

  /// The shortest digits that read back as the same number; JSON has no NaN and no infinities.
  mutating func append(number: some BinaryFloatingPoint & CustomStringConvertible) {
    if number.isNaN { return append(contentsOf: #""NaN""#.utf8) }
    if number.isInfinite {
      return append(contentsOf: (number < 0 ? #""-Infinity""# : #""Infinity""#).utf8)
    }
    append(contentsOf: number.description.utf8)
    if suffix(2).elementsEqual(".0".utf8) { removeLast(2) }
  }

  /// What `body` appends, in quotes.
  mutating func appendQuoted(_ body: (inout [UInt8]) -> Void) {
    append(UInt8(ascii: "\""))
    body(&self)
    append(UInt8(ascii: "\""))
  }

  /// A JSON string of what stands before the next zero; nothing for nil.
  mutating func append(quoted text: UnsafePointer<UInt8>?) {
    append(UInt8(ascii: "\""))
    if var run = text {
      var end = run
      while end.pointee != 0 {
        let byte = end.pointee
        if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
          append(contentsOf: UnsafeBufferPointer(start: run, count: end - run))
          append(escaped: byte)
          run = end + 1
        }
        end += 1
      }
      append(contentsOf: UnsafeBufferPointer(start: run, count: end - run))
    }
    append(UInt8(ascii: "\""))
  }

  private mutating func append(escaped byte: UInt8) {
    switch byte {
    case 0x08: append(contentsOf: #"\b"#.utf8)
    case 0x09: append(contentsOf: #"\t"#.utf8)
    case 0x0A: append(contentsOf: #"\n"#.utf8)
    case 0x0C: append(contentsOf: #"\f"#.utf8)
    case 0x0D: append(contentsOf: #"\r"#.utf8)
    case 0..<0x20:
      let digits = Array("0123456789abcdef".utf8)
      append(contentsOf: #"\u00"#.utf8)
      append(contentsOf: [digits[Int(byte >> 4)], digits[Int(byte & 15)]])
    default: append(contentsOf: [0x5C, byte])
    }
  }
}
