/// Quantiles of values that each stand for a number of requests. Pure.
struct WeightedQuantile {
  private let sorted: [(value: Double, weight: Double)]
  private let total: Double

  /// Weights are positive.
  init(_ values: [(value: Double, weight: Double)]) {
    sorted = values.sorted { $0.value < $1.value }
    total = values.reduce(0) { $0 + $1.weight }
  }

  /// The least value that a share of `q` of all does not exceed; nil without any.
  func value(_ q: Double) -> Double? {
    // Sums of weights are not exact.
    let rank = q * total - 1e-9 * total
    var below = 0.0
    for (value, weight) in sorted {
      below += weight
      if below >= rank { return value }
    }
    return sorted.last?.value
  }
}
