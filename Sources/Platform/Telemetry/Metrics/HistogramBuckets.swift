/// The upper ends of a histogram's buckets, each belonging to its bucket, in the unit that is
/// recorded.
package struct HistogramBuckets: Equatable, Sendable {
  let upperBounds: [Int64]
  /// How many recorded units make one of the unit in the metric's name. To divide by it gives 5e-05 s
  /// for 50,000 ns, where multiplying by 1e-9 would not.
  let unitsPerShown: Double

  /// Nanoseconds, shown as seconds. Conventional buckets begin at 5 ms, where most of our hops would
  /// be one number; these begin at 50 µs.
  package static let durations = HistogramBuckets(
    upperBounds: [
      50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000,
      50_000_000, 100_000_000, 250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000,
      5_000_000_000, 10_000_000_000,
    ], unitsPerShown: 1e9)

  /// Whole numbers of something: rows, candidates, bytes. The bounds must ascend.
  package static func counts(_ upperBounds: [Int64]) -> HistogramBuckets {
    HistogramBuckets(upperBounds: upperBounds, unitsPerShown: 1)
  }

  private init(upperBounds: [Int64], unitsPerShown: Double) {
    precondition(!upperBounds.isEmpty, "a histogram needs a bucket")
    precondition(zip(upperBounds, upperBounds.dropFirst()).allSatisfy(<), "bounds must ascend")
    self.upperBounds = upperBounds
    self.unitsPerShown = unitsPerShown
  }

  var areDurations: Bool { unitsPerShown != 1 }
}
