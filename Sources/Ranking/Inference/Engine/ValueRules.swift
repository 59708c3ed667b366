/// How the library that trained a model reads values before it compares them.
struct ValueRules: Equatable, Sendable {
  /// Magnitudes up to this are zero; none where negative.
  let zeroMax: Double
  /// Values above this, exclusive, are truncated to category codes.
  let codeAbove: Double
  /// Values are float32 before all else.
  let narrows: Bool

  /// Tiny values are dropped when a row is copied, and -0.5 is truncated to code 0.
  static let lightGBM = ValueRules(zeroMax: Split.zeroThreshold, codeAbove: -1, narrows: false)
  /// Only codes from zero on are valid.
  static let xgboost = ValueRules(
    zeroMax: -1, codeAbove: Double(-Float.leastNonzeroMagnitude), narrows: true)

  /// A threshold that compares with a value as the given one does with the flushed value: then the
  /// values need not be looked at.
  func moved(_ threshold: Double) -> Double {
    guard threshold >= -zeroMax, threshold < zeroMax else { return threshold }
    return threshold < 0 ? (-zeroMax).nextDown : zeroMax
  }

  func flushed(_ value: Double) -> Double { value.magnitude <= zeroMax ? 0 : value }
}
