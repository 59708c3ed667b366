internal import Telemetry

/// When a process that ended is started again: at once, and then after pauses that double while it
/// keeps ending soon. Pure.
struct RestartPolicy: Sendable {
  static let pauseMilliseconds: ClosedRange<Int64> = 100...5_000
  /// A process that lived for longer was sound; the pauses begin anew.
  static let soundMilliseconds: Int64 = 10_000

  private var soonEnds = 0
  private(set) var restarts = 0

  mutating func ended(startedAt: Instant, now: Instant) -> Instant {
    restarts += 1
    if now.nanoseconds(since: startedAt) > Self.soundMilliseconds * 1_000_000 { soonEnds = 0 }
    let range = Self.pauseMilliseconds
    let pause = min(range.upperBound, range.lowerBound << Int64(min(soonEnds, 16)))
    soonEnds += 1
    return now.adding(milliseconds: pause)
  }
}
