/// A quantile of the last few thousand values. Pure; recording allocates nothing.
///
/// A log-linear histogram of 64 buckets to each power of two, whose counts are halved whenever
/// they have doubled: what came long ago counts for less and less. What it tells is at most 1.6 %
/// above the true quantile.
package struct MovingQuantile: Sendable {
  /// 2 to the power of this many buckets for each power of two.
  private static let precisionBits = 6
  private static let bucketCount = index(of: .max) + 1
  /// Values after which the quantile is found again.
  private static let refreshEvery = 256

  private let q: Double
  private let leastCount: Int
  private let memory: Int
  private var counts = [UInt32](repeating: 0, count: Self.bucketCount)
  private var count = 0
  private var sinceRefresh = 0
  /// Nil until enough has been recorded.
  package private(set) var value: UInt64?

  /// - Parameters:
  ///   - leastCount: values without which nothing is said.
  ///   - memory: values after which those before them count half.
  package init(_ q: Double, leastCount: Int = 200, memory: Int = 4_096) {
    precondition((0...1).contains(q) && leastCount > 0 && memory > 1)
    self.q = q
    self.leastCount = min(leastCount, memory)
    self.memory = memory
  }

  package mutating func record(_ recorded: UInt64) {
    counts[Self.index(of: recorded)] += 1
    count += 1
    sinceRefresh += 1
    if sinceRefresh >= Self.refreshEvery || (value == nil && count >= leastCount) { refresh() }
  }

  private mutating func refresh() {
    sinceRefresh = 0
    if count >= 2 * memory { halve() }
    guard count >= leastCount else { return }
    // From above, as high quantiles are near the end.
    let allowedAbove = Int((1 - q) * Double(count))
    var above = 0
    for index in counts.indices.reversed() {
      above += Int(counts[index])
      if above > allowedAbove {
        value = Self.upperEnd(of: index)
        return
      }
    }
  }

  private mutating func halve() {
    count = 0
    for index in counts.indices {
      counts[index] /= 2
      count += Int(counts[index])
    }
  }

  /// Values below 128 are buckets of their own; above, the six bits after the leading one choose
  /// the bucket in its power of two.
  private static func index(of value: UInt64) -> Int {
    let bitCount = UInt64.bitWidth - value.leadingZeroBitCount
    let shift = max(0, bitCount - precisionBits - 1)
    return shift << precisionBits + Int(value >> UInt64(shift))
  }

  private static func upperEnd(of index: Int) -> UInt64 {
    let shift = max(0, index >> precisionBits - 1)
    let mantissa = UInt64(index - shift << precisionBits)
    return (mantissa << UInt64(shift)) | (1 << UInt64(shift) - 1)
  }
}
