/// Random values as tests of parsers want them.
extension SeededGenerator {
  /// True once in `count` times.
  package mutating func chance(_ count: Int) -> Bool {
    Int.random(in: 0..<count, using: &self) == 0
  }

  package mutating func bytes(_ count: ClosedRange<Int>) -> [UInt8] {
    (0..<Int.random(in: count, using: &self)).map { _ in UInt8.random(in: 0...255, using: &self) }
  }

  /// Without U+0000, where a C string would end.
  package mutating func text() -> String {
    let alphabet = Array("abzAZ059 _-\"\\\n\té€🎉\u{10FFFF}\u{1}")
    return String(
      (0..<Int.random(in: 1...12, using: &self)).map { _ in alphabet.randomElement(using: &self)! })
  }

  /// The bytes as a bad peer may send them: up to three of them are changed, lost or added.
  package mutating func mangled(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 0...3, using: &self) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &self)
      switch Int.random(in: 0..<3, using: &self) {
      case 0: bytes[place] = UInt8(integer(bits: 8))
      case 1: bytes.remove(at: place)
      default: bytes.insert(UInt8(integer(bits: 8)), at: place)
      }
    }
    return bytes
  }

  /// Of all sizes alike, so that varints of every length come up.
  package mutating func integer(bits: Int) -> UInt64 {
    let dropped = UInt64.random(in: UInt64(64 - bits)...63, using: &self)
    return next() >> dropped
  }
}
