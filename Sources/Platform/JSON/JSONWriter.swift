/// Appends one JSON value after another to `bytes`. Calls that cannot give valid JSON (a value in
/// an object without its key, an end without its begin) are our own bugs and trap.
package struct JSONWriter {
  package private(set) var bytes: [UInt8] = []
  private let pretty: Bool
  private var closers: [UInt8] = []
  private var needsComma = false
  private var afterKey = false

  /// `pretty` puts each member on a line of its own, indented by two spaces a level.
  package init(pretty: Bool = false) {
    self.pretty = pretty
  }

  package var string: String { String(decoding: bytes, as: UTF8.self) }

  package mutating func beginObject() { begin("{", closer: "}") }
  package mutating func endObject() { end("}") }
  package mutating func beginArray() { begin("[", closer: "]") }
  package mutating func endArray() { end("]") }

  package mutating func object(_ body: (inout JSONWriter) -> Void) {
    beginObject()
    body(&self)
    endObject()
  }

  package mutating func array(_ body: (inout JSONWriter) -> Void) {
    beginArray()
    body(&self)
    endArray()
  }

  package mutating func key(_ name: String) {
    precondition(closers.last == UInt8(ascii: "}") && !afterKey, "no place for a key")
    separate()
    appendQuoted(name)
    bytes.append(UInt8(ascii: ":"))
    if pretty { bytes.append(UInt8(ascii: " ")) }
    afterKey = true
  }

  /// A value as it is already written; the caller answers for its being JSON.
  package mutating func raw(_ json: some Sequence<UInt8>) {
    beforeValue()
    bytes.append(contentsOf: json)
    needsComma = true
  }

  package mutating func value(_ value: String) {
    beforeValue()
    appendQuoted(value)
    needsComma = true
  }

  private mutating func begin(_ opener: Unicode.Scalar, closer: Unicode.Scalar) {
    beforeValue()
    bytes.append(UInt8(ascii: opener))
    closers.append(UInt8(ascii: closer))
    needsComma = false
  }

  private mutating func end(_ closer: Unicode.Scalar) {
    precondition(closers.popLast() == UInt8(ascii: closer) && !afterKey, "no place for \(closer)")
    if needsComma { breakLine() }
    bytes.append(UInt8(ascii: closer))
    needsComma = true
  }

  private mutating func beforeValue() {
    if afterKey {
      afterKey = false
      return
    }
    precondition(closers.last != UInt8(ascii: "}"), "a value in an object needs a key")
    separate()
  }

  private mutating func separate() {
    if closers.isEmpty {
      // Several values at the top are lines, as in JSON Lines.
      if needsComma { bytes.append(UInt8(ascii: "\n")) }
      return
    }
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    breakLine()
  }

  private mutating func breakLine() {
    guard pretty else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * closers.count))
  }

  private mutating func appendQuoted(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [0x5C, byte])
      case 0x08: bytes.append(contentsOf: #"\b"#.utf8)
      case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
      case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
      case 0x0C: bytes.append(contentsOf: #"\f"#.utf8)
      case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(contentsOf: #"\u00"#.utf8)
        bytes.append(contentsOf: [digits[Int(byte >> 4)], digits[Int(byte & 15)]])
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
