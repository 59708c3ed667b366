import JSON
import TestSupport

/// xorshift64*: the same documents for the same seed on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  }

  mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 0x2545_F491_4F6C_DD1D
  }
}

extension SeededGenerator {
  /// A value nested up to `depth` levels, with names, strings and numbers at the edges of the grammar.
  mutating func jsonValue(depth: Int) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &self) {
    case 0: return JSONValue(.null)
    case 1: return JSONValue(.bool(.random(using: &self)))
    case 2: return JSONValue(.number(jsonNumber()))
    case 3, 4: return JSONValue(.string(jsonString()))
    case 5:
      let count = Int.random(in: 0...5, using: &self)
      return JSONValue(.array((0..<count).map { _ in jsonValue(depth: depth - 1) }))
    default:
      // Above 16 members the reader finds duplicates by hashing instead of comparing.
      let count =
        Int.random(in: 0...10, using: &self) == 0 ? 20 : Int.random(in: 0...4, using: &self)
      return JSONValue(
        .object((0..<count).map { JSONMember(jsonString() + "\($0)", jsonValue(depth: depth - 1)) })
      )
    }
  }

  mutating func jsonNumber() -> String {
    switch Int.random(in: 0..<4, using: &self) {
    case 0: return "\(Int64(bitPattern: next()))"
    case 1: return "\(Int.random(in: -9...9, using: &self))"
    case 2: return "-0.\(next())E+\(Int.random(in: 0...400, using: &self))"
    default:
      let double = Double(bitPattern: next())
      return double.isFinite ? "\(double)" : "0"
    }
  }

  mutating func jsonString() -> String {
    let count = Int.random(in: 0...6, using: &self)
    var scalars = String.UnicodeScalarView()
    for _ in 0..<count {
      let ranges: [ClosedRange<UInt32>] = [
        0...0x1F, 0x20...0x7F, 0x22...0x22, 0x5C...0x5C, 0x80...0x7FF, 0x800...0xD7FF,
        0xE000...0xFFFF, 0x10000...0x10FFFF,
      ]
      let range = ranges.randomElement(using: &self)!
      scalars.append(Unicode.Scalar(UInt32.random(in: range, using: &self))!)
    }
    return String(scalars)
  }
}

/// The same value, positions aside.
func isSame(_ a: JSONValue, _ b: JSONValue) -> Bool {
  switch (a.kind, b.kind) {
  case (.null, .null): true
  case (.bool(let a), .bool(let b)): a == b
  case (.number(let a), .number(let b)): a == b
  case (.string(let a), .string(let b)): Array(a.utf8) == Array(b.utf8)
  case (.array(let a), .array(let b)): a.count == b.count && zip(a, b).allSatisfy(isSame)
  case (.object(let a), .object(let b)):
    a.count == b.count
      && zip(a, b).allSatisfy {
        Array($0.name.utf8) == Array($1.name.utf8) && isSame($0.value, $1.value)
      }
  default: false
  }
}
