internal import Definitions

/// How much each item was ordered lately, as of any moment.
struct Popularity {
  private var timelines: [Timeline]

  init(rows: Int, halfLifeMilliseconds: Int64) {
    timelines = Array(
      repeating: Timeline(halfLivesMilliseconds: [halfLifeMilliseconds]), count: rows)
  }

  mutating func order(row: Int, timeMilliseconds: Int64, value: Double) {
    timelines[row].append(timeMilliseconds: timeMilliseconds, value: value)
  }

  /// Orders up to `now`, each counting 2^(-age / half-life).
  func decayedOrders(row: Int, at now: Int64) -> Double {
    timelines[row].decayed(0, at: now)
  }
}
