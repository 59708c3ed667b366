/// The condition of one internal node.
enum Split: Equatable, Sendable {
  case numeric(threshold: Double, missing: MissingValue, defaultLeft: Bool)
  /// A set of category codes: bit c of the words that begin at the range's start.
  case categorical(words: Range<Int32>, nanInSet: Bool)

  /// Which values a numeric node sends in its default direction.
  enum MissingValue: UInt8, Sendable {
    case none = 0
    case zero = 1
    case nan = 2
  }

  /// LightGBM's kZeroThreshold: 1e-35 as a float32, widened; not the double 1e-35.
  static let zeroThreshold = Double(Float(1e-35))

  func goesLeft(_ value: Double, categoryWords: [UInt32], _ rules: ValueRules) -> Bool {
    switch self {
    case .numeric(let threshold, let missing, let defaultLeft):
      let x = value.isNaN && missing != .nan ? 0 : value
      if missing == .zero && x.magnitude <= Self.zeroThreshold { return defaultLeft }
      if missing == .nan && x.isNaN { return defaultLeft }
      return x <= threshold
    case .categorical(let words, let nanInSet):
      if value.isNaN { return nanInSet }
      return value > rules.codeAbove && Self.contains(value, in: words, of: categoryWords)
    }
  }

  /// Codes are truncated toward zero, so -0.5 is code 0. What C++ leaves undefined (beyond an
  /// int32) is not in the set, which is what LightGBM does on x86-64.
  private static func contains(
    _ value: Double, in words: Range<Int32>, of categoryWords: [UInt32]
  ) -> Bool {
    guard value > -1, value < 2_147_483_648 else { return false }
    let code = Int(value)
    let word = code / 32
    guard word < words.count else { return false }
    return categoryWords[Int(words.lowerBound) + word] >> UInt32(code % 32) & 1 == 1
  }
}
