/// How much larger something is under one condition than under another: measured in turn, pair by
/// pair, as what a machine does besides is then in both.
struct PairedRatio: Equatable {
  let median: Double
  /// Between them lies the median of all such pairs 95 times of 100, however they are distributed:
  /// the order statistics that a sign test leaves. All of the pairs where there are fewer than six.
  let low: Double
  let high: Double

  private static let normalQuantile = 1.96

  /// - Parameter ratios: one for each pair, at least one.
  init(_ ratios: [Double]) {
    let sorted = ratios.sorted()
    let count = Double(sorted.count)
    let rank = Int((count - Self.normalQuantile * count.squareRoot()) / 2)
    let left = max(0, rank - 1)
    median = sorted.median
    low = sorted[left]
    high = sorted[sorted.count - 1 - left]
  }
}
