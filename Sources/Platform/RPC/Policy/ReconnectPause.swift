package import Telemetry

/// How long to wait before a replica is connected to again: pauses double, and differ between
/// callers, so that a replica that comes back isn't stormed by all of them at once. Pure.
package struct ReconnectPause: Sendable {
  /// The longest first pause, and the longest of all.
  package static let milliseconds: ClosedRange<Int64> = 20...1_000
  /// Longest pause while no replica can be asked: until then every call fails.
  package static let inNeedMillisecondsMax: Int64 = 100
  /// A connection that lasts this long ends the growth of the pauses; one that opens and breaks at
  /// once, again and again, would cost calls each time.
  package static let stableMilliseconds: Int64 = 1_000

  /// Connections that broke soon, or were not made, one after the other.
  package private(set) var failures = 0
  private var openedAt: Instant?

  package init() {}

  package mutating func opened(_ now: Instant) { openedAt = now }

  /// The connection broke, or could not be made.
  /// - Parameter isInNeed: no other replica can be asked.
  /// - Returns: milliseconds to wait, from half of the longest pause to all of it.
  package mutating func next(
    _ now: Instant, isInNeed: Bool, random: inout some RandomNumberGenerator
  ) -> Int64 {
    if let openedAt, now > openedAt.adding(milliseconds: Self.stableMilliseconds) { failures = 0 }
    openedAt = nil
    let most = isInNeed ? Self.inNeedMillisecondsMax : Self.milliseconds.upperBound
    let longest = min(most, Self.milliseconds.lowerBound << Int64(min(failures, 10)))
    failures += 1
    return Self.spread(longest, &random)
  }

  /// In the place of a pause that has begun, when the last other replica is lost meanwhile.
  package static func hurried(random: inout some RandomNumberGenerator) -> Int64 {
    spread(inNeedMillisecondsMax, &random)
  }

  private static func spread(
    _ longest: Int64, _ random: inout some RandomNumberGenerator
  ) -> Int64 {
    .random(in: longest / 2...longest, using: &random)
  }
}
