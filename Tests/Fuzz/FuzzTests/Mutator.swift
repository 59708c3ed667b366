import FuzzTargets
import TestSupport

/// Makes new inputs from old ones: flaws of the kinds that readers trip over.
struct Mutator {
  /// Numbers at the edges of lengths and indexes.
  private static let edges = [
    "0", "1", "-1", "9", "127", "128", "255", "256", "65535", "65536", "2147483647", "-2147483648",
    "4294967296", "9223372036854775807", "-9223372036854775808", "18446744073709551616", "1e308",
    "0.1", "",
  ]
  private static let edgeBytes: [UInt8] = [0, 1, 9, 10, 13, 32, 34, 0x7F, 0x80, 0xC0, 0xFE, 0xFF]

  private var random: SeededGenerator
  private let dictionary: [[UInt8]]

  init(seed: UInt64, dictionary: [[UInt8]]) {
    random = SeededGenerator(seed: seed)
    self.dictionary = dictionary
  }

  /// One to eight flaws in one of the inputs.
  mutating func next(from pool: [[UInt8]]) -> [UInt8] {
    var bytes = pool.randomElement(using: &random) ?? []
    let flaws = 1 << Int.random(in: 0...3, using: &random)
    for _ in 0..<flaws { flaw(&bytes, pool) }
    return Array(bytes.prefix(FuzzTarget.inputBytesMax))
  }

  private mutating func flaw(_ bytes: inout [UInt8], _ pool: [[UInt8]]) {
    guard !bytes.isEmpty else { return bytes = random.bytes(1...16) }
    switch Int.random(in: 0..<9, using: &random) {
    case 0: bytes[index(bytes)] ^= 1 << UInt8.random(in: 0...7, using: &random)
    case 1: bytes[index(bytes)] = .random(in: 0...255, using: &random)
    case 2: bytes[index(bytes)] = Self.edgeBytes.randomElement(using: &random) ?? 0
    case 3: bytes.removeSubrange(range(bytes))
    case 4: bytes.insert(contentsOf: bytes[range(bytes)], at: index(bytes))
    case 5: bytes.insert(contentsOf: random.bytes(1...4), at: index(bytes))
    case 6: bytes.insert(contentsOf: word, at: index(bytes))
    case 7: replaceNumber(in: &bytes)
    default:
      let other = pool.randomElement(using: &random) ?? []
      let (kept, added) = (index(bytes), other.isEmpty ? 0 : index(other))
      bytes = Array(bytes.prefix(kept)) + other.dropFirst(added)
    }
  }

  private mutating func index(_ bytes: [UInt8]) -> Int {
    .random(in: bytes.indices, using: &random)
  }

  /// Short ones far more often than long ones.
  private mutating func range(_ bytes: [UInt8]) -> Range<Int> {
    let start = index(bytes)
    let longest = min(bytes.count - start, 1 << Int.random(in: 0...9, using: &random))
    return start..<start + Int.random(in: 1...longest, using: &random)
  }

  private var word: [UInt8] {
    mutating get {
      dictionary.randomElement(using: &random) ?? random.bytes(1...8)
    }
  }

  /// A number in digits, or four bytes that may be one.
  private mutating func replaceNumber(in bytes: inout [UInt8]) {
    let isDigit: (UInt8) -> Bool = { (0x30...0x39).contains($0) }
    let start = index(bytes)
    if let first = bytes[start...].firstIndex(where: isDigit) {
      let end = bytes[first...].firstIndex { !isDigit($0) } ?? bytes.endIndex
      bytes.replaceSubrange(
        first..<end, with: Array((Self.edges.randomElement(using: &random) ?? "").utf8))
    } else {
      let number: UInt32 = [0, 1, 0x7FFF_FFFF, .max, 1 << 20].randomElement(using: &random) ?? 0
      let end = min(bytes.count, start + 4)
      bytes.replaceSubrange(start..<end, with: withUnsafeBytes(of: number.bigEndian) { Array($0) })
    }
  }
}
