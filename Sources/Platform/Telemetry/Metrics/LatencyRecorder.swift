/// Durations with their whole distribution, for load tests: a log-linear histogram as HdrHistogram
/// has it, 128 buckets to each power of two. What it reports is at most 0.8 % above what was
/// recorded. It takes 58 KB whatever is recorded. A value: one for each thread, merged at the end.
package struct LatencyRecorder: Sendable {
  private var counts = [UInt64](repeating: 0, count: Self.bucketCount)
  package private(set) var count: UInt64 = 0
  /// Exact; zero where nothing was recorded.
  package private(set) var maxNanoseconds: Int64 = 0
  /// Exact; zero where nothing was recorded.
  package private(set) var minNanoseconds: Int64 = 0
  private var sumNanoseconds = 0.0

  /// 2 to the power of this many buckets for each power of two.
  private static let precisionBits = 7
  private static let bucketCount = index(of: .max) + 1

  package init() {}

  /// What is negative counts as zero.
  package mutating func record(nanoseconds: Int64) {
    let value = max(0, nanoseconds)
    counts[Self.index(of: value)] += 1
    minNanoseconds = count == 0 ? value : min(minNanoseconds, value)
    maxNanoseconds = max(maxNanoseconds, value)
    count += 1
    sumNanoseconds += Double(value)
  }

  package mutating func merge(_ other: LatencyRecorder) {
    guard other.count > 0 else { return }
    for index in counts.indices { counts[index] += other.counts[index] }
    minNanoseconds = count == 0 ? other.minNanoseconds : min(minNanoseconds, other.minNanoseconds)
    maxNanoseconds = max(maxNanoseconds, other.maxNanoseconds)
    count += other.count
    sumNanoseconds += other.sumNanoseconds
  }

  /// Zero where nothing was recorded.
  package var meanNanoseconds: Double { count == 0 ? 0 : sumNanoseconds / Double(count) }

  /// The least duration (to the bucket's upper end) that `q` of all did not exceed; zero where nothing
  /// was recorded.
  package func quantile(_ q: Double) -> Int64 {
    precondition((0...1).contains(q), "quantile \(q)")
    // 0.999 of 1000 is the 999th, not the 1000th because of a rounded product.
    let rank = max(1, (q * Double(count) - 1e-6).rounded(.up))
    var seen = 0.0
    for (index, count) in counts.enumerated() where count > 0 {
      seen += Double(count)
      if seen >= rank {
        return min(max(Self.upperEnd(of: index), minNanoseconds), maxNanoseconds)
      }
    }
    return maxNanoseconds
  }

  /// How many are in each bucket that is not empty, by ascending upper end.
  package var buckets: [(upperEndNanoseconds: Int64, count: UInt64)] {
    counts.enumerated().compactMap { index, count in
      count == 0 ? nil : (Self.upperEnd(of: index), count)
    }
  }

  /// Values below 256 are buckets of their own; above, the seven bits after the leading one choose
  /// the bucket in its power of two.
  private static func index(of value: Int64) -> Int {
    let bitCount = Int64.bitWidth - value.leadingZeroBitCount
    let shift = max(0, bitCount - precisionBits - 1)
    return shift << precisionBits + Int(value >> Int64(shift))
  }

  private static func upperEnd(of index: Int) -> Int64 {
    let shift = max(0, index >> precisionBits - 1)
    let mantissa = Int64(index - shift << precisionBits)
    return (mantissa << Int64(shift)) | (1 << Int64(shift) - 1)
  }
}
