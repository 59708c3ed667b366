package import Telemetry

/// How long one start keeps the next one waiting, of late: the mean pause from a start to the moment
/// when another call could begin. Pure.
///
/// Every start counts, whether or not others wait for its end. A pace that was learned from queues
/// alone would keep a wrong value for ever: once it is so high that nobody is let in to wait, there
/// are no queues to learn better from.
package struct StartPace: Sendable {
  /// Pauses that are averaged evenly before older ones begin to fade.
  private static let samplesMax = 16.0
  /// Up to which a pause counts in full.
  private static let fullNanosecondsMax = 10_000_000.0
  /// Times the pace that a longer pause counts as. One alone is no pace (the whole process may have
  /// stood still); handlers that take as long every time are believed after a few.
  private static let growthMax = 4.0

  /// Zero as long as nothing is known.
  package private(set) var nanoseconds = 0.0
  private var samples = 0.0
  private var lastStart: Instant?
  /// What has passed since then may not all have been work.
  private var mayHaveIdled = false

  package init() {}

  package mutating func started(_ now: Instant) {
    lastStart = now
    mayHaveIdled = false
  }

  /// No other call can begin yet.
  /// - Parameter isWaiting: whether one would.
  package mutating func held(isWaiting: Bool) {
    if !isWaiting { mayHaveIdled = true }
  }

  /// Another call can begin, if there is one.
  package mutating func couldStart(_ now: Instant) {
    guard let start = lastStart else { return }
    lastStart = nil
    let pause = Double(max(0, now.nanoseconds(since: start)))
    let most =
      mayHaveIdled ? nanoseconds : max(Self.fullNanosecondsMax, nanoseconds * Self.growthMax)
    samples = min(samples + 1, Self.samplesMax)
    nanoseconds += (min(pause, most) - nanoseconds) / samples
  }
}
