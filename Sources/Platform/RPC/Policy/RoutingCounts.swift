/// What a caller's policies have done since it began.
package struct RoutingCounts: Equatable, Sendable {
  package var calls = 0
  package var attempts = 0
  package var retries = 0
  /// Retries that were allowed but for the budget.
  package var retriesRefused = 0
  package var hedges = 0
  /// Hedges whose answer came first.
  package var hedgesWon = 0
  /// Hedges that were due but for the budget.
  package var hedgesRefused = 0
  package var ejections = 0
  package var readmissions = 0
  package var probes = 0

  package init() {}

  private static var all: [WritableKeyPath<Self, Int>] {
    [
      \.calls, \.attempts, \.retries, \.retriesRefused, \.hedges, \.hedgesWon, \.hedgesRefused,
      \.ejections, \.readmissions, \.probes,
    ]
  }

  package static func - (now: Self, before: Self) -> Self {
    var difference = now
    for count in all { difference[keyPath: count] -= before[keyPath: count] }
    return difference
  }

  package static func += (sum: inout Self, other: Self) {
    for count in all { sum[keyPath: count] += other[keyPath: count] }
  }
}
