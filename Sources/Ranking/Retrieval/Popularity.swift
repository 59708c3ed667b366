internal import Definitions
internal import Glibc

/// How much each item was ordered lately, as of any moment. Items go by slot of the index.
struct Popularity {
  private let halfLifeMilliseconds: Double
  private var timelines: [Timeline]
  // The end of each timeline, beside those of its neighbours: what a search as of now reads.
  private var latest: [(timeMilliseconds: Int64, decayed: Double)]

  init(slots: Int, halfLifeMilliseconds: Int64) {
    self.halfLifeMilliseconds = Double(halfLifeMilliseconds)
    timelines = Array(
      repeating: Timeline(halfLivesMilliseconds: [halfLifeMilliseconds]), count: slots)
    latest = Array(repeating: (.min, 0), count: slots)
  }

  mutating func order(slot: Int, timeMilliseconds: Int64, value: Double) {
    timelines[slot].append(timeMilliseconds: timeMilliseconds, value: value)
    let time = max(timeMilliseconds, latest[slot].timeMilliseconds)
    latest[slot] = (time, timelines[slot].decayed(0, at: time))
  }

  /// Orders up to `now`, each counting 2^(-age / half-life).
  func decayedOrders(slot: Int, at now: Int64) -> Double {
    let (time, decayed) = latest[slot]
    if decayed == 0 { return 0 }
    if now < time { return timelines[slot].decayed(0, at: now) }
    // As the timeline itself has it, bit for bit: replay and live must agree.
    return decayed * exp2((Double(time) - Double(now)) / halfLifeMilliseconds)
  }
}
