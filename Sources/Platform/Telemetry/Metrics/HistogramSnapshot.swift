/// A histogram at one moment, in the unit of its name (seconds for durations).
package struct HistogramSnapshot: Equatable, Sendable {
  package let upperBounds: [Double]
  /// Per bucket, not cumulative; the last is for values beyond every bound.
  package private(set) var counts: [UInt64]
  package private(set) var sum: Double

  init(upperBounds: [Double], counts: [UInt64], sum: Double) {
    precondition(counts.count == upperBounds.count + 1)
    self.upperBounds = upperBounds
    self.counts = counts
    self.sum = sum
  }

  package var count: UInt64 { counts.reduce(0, &+) }

  package var mean: Double? { count == 0 ? nil : sum / Double(count) }

  /// What was recorded after `earlier`, a snapshot of the same histogram.
  package func since(_ earlier: HistogramSnapshot) -> HistogramSnapshot {
    precondition(upperBounds == earlier.upperBounds, "other buckets")
    return HistogramSnapshot(
      upperBounds: upperBounds, counts: zip(counts, earlier.counts).map { $0 &- $1 },
      sum: sum - earlier.sum)
  }

  /// Together with another histogram of the same buckets.
  package func merged(with other: HistogramSnapshot) -> HistogramSnapshot {
    precondition(upperBounds == other.upperBounds, "other buckets")
    return HistogramSnapshot(
      upperBounds: upperBounds, counts: zip(counts, other.counts).map { $0 &+ $1 },
      sum: sum + other.sum)
  }

  /// An estimate as Prometheus' `histogram_quantile` makes it: values are taken to lie evenly in
  /// their bucket, and those beyond the last bound to lie at it. Nil where nothing was recorded.
  package func quantile(_ q: Double) -> Double? {
    precondition((0...1).contains(q), "quantile \(q)")
    let count = count
    guard count > 0 else { return nil }
    let rank = q * Double(count)
    var below = 0.0
    for (index, upperBound) in upperBounds.enumerated() {
      let inside = Double(counts[index])
      if inside > 0, below + inside >= rank {
        let lowerBound = index == 0 ? 0 : upperBounds[index - 1]
        return lowerBound + (upperBound - lowerBound) * (rank - below) / inside
      }
      below += inside
    }
    return upperBounds.last
  }
}
