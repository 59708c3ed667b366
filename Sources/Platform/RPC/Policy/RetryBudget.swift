package import Telemetry

/// Bounds what retries add to the load: each call deposits a fifth of a retry, and a floor lets
/// callers with little traffic retry at all. Shared by all calls to one service. Pure, in integers.
package struct RetryBudget: Sendable {
  /// Thousandths of a retry that one call earns.
  package static let depositMillis: Int64 = 200
  /// Retries a second that are allowed whatever the traffic.
  package static let floorPerSecond: Int64 = 10
  /// Retries that can be saved up.
  package static let balanceMax: Int64 = 100

  private var millis = Self.floorPerSecond * 1_000
  private var refilledAt: Instant

  package init(now: Instant) { refilledAt = now }

  package mutating func deposit(_ now: Instant) {
    refill(now)
    millis = min(millis + Self.depositMillis, Self.balanceMax * 1_000)
  }

  /// Takes one retry out, if there is one.
  package mutating func withdraw(_ now: Instant) -> Bool {
    refill(now)
    guard millis >= 1_000 else { return false }
    millis -= 1_000
    return true
  }

  private mutating func refill(_ now: Instant) {
    let elapsedMilliseconds = now.nanoseconds(since: refilledAt) / 1_000_000
    guard elapsedMilliseconds > 0 else { return }
    refilledAt = refilledAt.adding(milliseconds: elapsedMilliseconds)
    let earned = min(elapsedMilliseconds, 60_000) * Self.floorPerSecond
    // The floor alone never saves up more than one second's worth.
    let floorMillis = Self.floorPerSecond * 1_000
    if millis < floorMillis { millis = min(millis + earned, floorMillis) }
  }
}
