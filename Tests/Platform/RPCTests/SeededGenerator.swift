/// xorshift64*: the same choices for the same seed on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 0x2545_F491_4F6C_DD1D
  }

  mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &self) == 0 }

  mutating func bytes(_ count: ClosedRange<Int>) -> [UInt8] {
    (0..<Int.random(in: count, using: &self)).map { _ in UInt8.random(in: 0...255, using: &self) }
  }

  /// Without U+0000, where a C string would end.
  mutating func text() -> String {
    let alphabet = Array("abzAZ059 _-\"\\\n\té€🎉\u{10FFFF}\u{1}")
    return String(
      (0..<Int.random(in: 1...12, using: &self)).map { _ in alphabet.randomElement(using: &self)! })
  }

  /// Of all sizes alike, so that varints of every length come up.
  mutating func integer(bits: Int) -> UInt64 {
    let dropped = UInt64.random(in: UInt64(64 - bits)...63, using: &self)
    return next() >> dropped
  }
}
