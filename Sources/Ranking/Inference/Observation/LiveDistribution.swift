internal import Glibc

/// What one column's live values come to, in the bins of what the model was trained on.
struct LiveDistribution: Sendable {
  /// Of either side, so that a bin without values does not make the sum infinite; the usual choice.
  static let leastShare = 1e-4

  let trained: Distribution
  private(set) var count = 0
  private(set) var nulls = 0
  private(set) var outOfRange = 0
  private var bins: [Int]

  init(_ trained: Distribution) {
    self.trained = trained
    bins = [Int](repeating: 0, count: trained.shares.count)
  }

  mutating func add(_ value: Double) {
    count += 1
    guard !value.isNaN else {
      nulls += 1
      return
    }
    if let range = trained.range, !range.contains(value) { outOfRange += 1 }
    if !bins.isEmpty { bins[trained.bin(of: value)] += 1 }
  }

  /// Of the live values, less that of the trained.
  var nullRateChange: Double {
    count == 0 ? 0 : Double(nulls) / Double(count) - trained.nullRate
  }

  /// Of the values that are not missing, those beyond what training has seen.
  var outOfRangeShare: Double {
    count == nulls ? 0 : Double(outOfRange) / Double(count - nulls)
  }

  /// The population stability index, Σ (live − trained) · ln(live / trained) over the bins: below
  /// 0.1 nothing has changed, above 0.25 much has. Nil where there is nothing to compare.
  var stabilityIndex: Double? {
    guard count > nulls, !bins.isEmpty else { return nil }
    let total = Double(count - nulls)
    return zip(bins, trained.shares).reduce(0) { sum, pair in
      let live = max(Self.leastShare, Double(pair.0) / total)
      let expected = max(Self.leastShare, pair.1)
      return sum + (live - expected) * log(live / expected)
    }
  }
}
