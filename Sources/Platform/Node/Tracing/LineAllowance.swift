package import Telemetry

/// How many lines a log is given, or traces a ring: so many a second, and as many at once. Pure.
package struct LineAllowance: Sendable {
  private let perSecond: Int
  private var left: Double
  private var at: Instant
  /// Since the last one that was allowed.
  private(set) var leftOut = 0

  package init(perSecond: Int, now: Instant) {
    self.perSecond = perSecond
    left = Double(perSecond)
    at = now
  }

  /// Whether a line may be written now; nil when not, else how many were left out before it.
  package mutating func take(_ now: Instant) -> Int? {
    let gained = Double(max(0, now.nanoseconds(since: at))) / 1e9 * Double(perSecond)
    left = min(Double(perSecond), left + gained)
    at = max(at, now)
    guard left >= 1 else {
      leftOut += 1
      return nil
    }
    left -= 1
    defer { leftOut = 0 }
    return leftOut
  }
}
