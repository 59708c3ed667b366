package import Telemetry

/// How long a method's calls take lately: a log-linear histogram, eight buckets to each power of two,
/// whose counts are halved every few seconds. What it reports is at most 9 % above what was recorded.
/// Pure.
package struct LatencyHistory: Sendable {
  /// Time after which an answer counts for half.
  package static let halfLifeNanoseconds: Int64 = 5_000_000_000
  private static let bucketsPerDoubling = 8
  /// 1 µs and below share a bucket, as do 67 s and above.
  private static let shiftLeast = 10
  private static let bucketCount = 26 * bucketsPerDoubling

  private var counts = [Float](repeating: 0, count: Self.bucketCount)
  package private(set) var total: Float = 0
  private var halvedAt: Instant?

  package init() {}

  package mutating func record(nanoseconds: Int64, _ now: Instant) {
    fade(now)
    counts[Self.bucket(nanoseconds)] += 1
    total += 1
  }

  /// The upper end of the bucket that the share `q` of all does not exceed; nil without answers.
  package func quantile(_ q: Double) -> Int64? {
    guard total > 0 else { return nil }
    let rank = Float(q) * total
    var seen: Float = 0
    for (bucket, count) in counts.enumerated() where count > 0 {
      seen += count
      if seen >= rank { return Self.upperEnd(bucket) }
    }
    return Self.upperEnd(Self.bucketCount - 1)
  }

  private mutating func fade(_ now: Instant) {
    guard let halvedAt else {
      self.halvedAt = now
      return
    }
    let halvings = now.nanoseconds(since: halvedAt) / Self.halfLifeNanoseconds
    guard halvings > 0 else { return }
    self.halvedAt = now
    let factor = halvings > 20 ? 0 : 1 / Float(1 << halvings)
    total = 0
    for bucket in counts.indices {
      counts[bucket] = counts[bucket] * factor < 0.01 ? 0 : counts[bucket] * factor
      total += counts[bucket]
    }
  }

  /// The bits after the leading one choose the bucket in its power of two.
  private static func bucket(_ nanoseconds: Int64) -> Int {
    let value = max(nanoseconds, 1 << Int64(shiftLeast))
    let exponent = Int64.bitWidth - 1 - value.leadingZeroBitCount
    let mantissa = Int(value >> Int64(exponent - 3)) & (bucketsPerDoubling - 1)
    return min((exponent - shiftLeast) * bucketsPerDoubling + mantissa, bucketCount - 1)
  }

  private static func upperEnd(_ bucket: Int) -> Int64 {
    let exponent = Int64(bucket / bucketsPerDoubling + shiftLeast)
    let mantissa = Int64(bucket % bucketsPerDoubling + bucketsPerDoubling + 1)
    return mantissa << (exponent - 3)
  }
}
