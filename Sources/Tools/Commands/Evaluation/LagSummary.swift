/// How long after its acknowledgement an event was reflected by every replica.
struct LagSummary: Equatable, Sendable {
  private(set) var microseconds: [UInt64] = []

  mutating func add(microseconds value: UInt64) { microseconds.append(value) }

  /// Nearest rank; nil without measurements.
  func quantile(_ share: Double) -> UInt64? {
    let sorted = microseconds.sorted()
    guard !sorted.isEmpty else { return nil }
    let rank = Int((share * Double(sorted.count)).rounded(.up))
    return sorted[min(sorted.count, max(1, rank)) - 1]
  }
}
