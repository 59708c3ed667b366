internal import Telemetry

/// How late a loop gets to what is due: the worst of the last half minute to minute, and what it is
/// late by now. Pure.
///
/// Neither set back by who reads it, as several may (a scraper, the page, `brigade top`), nor a
/// histogram, in which a standstill of ten seconds would be one good sample less of a thousand.
struct LoopLag: Equatable, Sendable {
  /// Twice this is how long a worst value is told at most; scrapes come no less often than this.
  static let windowMilliseconds: Int64 = 30_000

  private var worstNow: Int64 = 0
  private var worstBefore: Int64 = 0
  private var windowEnd: Instant
  /// When the loop is to tick next.
  private var due: Instant

  init(due: Instant, _ now: Instant) {
    self.due = due
    windowEnd = now.adding(milliseconds: Self.windowMilliseconds)
  }

  /// - Parameters:
  ///   - nanoseconds: by which the tick was late.
  ///   - due: the next one.
  mutating func ticked(lateBy nanoseconds: Int64, due: Instant, _ now: Instant) {
    self.due = due
    if now >= windowEnd {
      worstBefore = isForgotten(now) ? 0 : worstNow
      worstNow = 0
      windowEnd = now.adding(milliseconds: Self.windowMilliseconds)
    }
    worstNow = max(worstNow, nanoseconds)
  }

  /// In nanoseconds. A loop that stands still ticks no more, and is seen to be late all the same.
  func worst(_ now: Instant) -> Int64 {
    let late = max(0, now.nanoseconds(since: due))
    if now < windowEnd { return max(worstNow, worstBefore, late) }
    return isForgotten(now) ? late : max(worstNow, late)
  }

  private func isForgotten(_ now: Instant) -> Bool {
    now >= windowEnd.adding(milliseconds: Self.windowMilliseconds)
  }
}
