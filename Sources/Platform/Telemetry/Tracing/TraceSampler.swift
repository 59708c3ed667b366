/// Which traces are kept. Pure, and cheap where the answer is no: it is asked for every request.
///
/// By chance when a request begins, as OpenTelemetry's consistent probability sampling has it: by the
/// trace's own randomness, so that everybody who sees the trace decides alike, and keeps what others
/// with a smaller rate keep. And at its end by what became of it.
package struct TraceSampler: Sendable {
  /// How a request ended, as far as keeping its trace depends on it.
  package struct Outcome: Sendable {
    package var durationMicroseconds: UInt64
    package var isFailed: Bool
    package var isDegraded: Bool
    package var isAsked: Bool
    /// Chance chose it when it began.
    package var isSampled: Bool

    package init(
      durationMicroseconds: UInt64, isFailed: Bool = false, isDegraded: Bool = false,
      isAsked: Bool = false, isSampled: Bool = false
    ) {
      self.durationMicroseconds = durationMicroseconds
      self.isFailed = isFailed
      self.isDegraded = isDegraded
      self.isAsked = isAsked
      self.isSampled = isSampled
    }
  }

  /// Of all that answered before; a request above it is slow.
  package static let slowQuantile = 0.99
  package let headRate: Double
  /// Randomness below it is rejected: of 2^56 traces, so many are dropped.
  package let threshold: UInt64
  private var durations = MovingQuantile(Self.slowQuantile)

  /// - Parameter headRate: the share that is kept by chance, 0 to 1.
  package init(headRate: Double) {
    precondition((0...1).contains(headRate), "rate \(headRate)")
    self.headRate = headRate
    threshold = UInt64(((1 - headRate) * Double(Randomness.end)).rounded())
  }

  /// What is slower is kept; nil until enough requests have been seen.
  package var slowMicroseconds: UInt64? { durations.value }

  package func isSampled(_ randomness: Randomness) -> Bool { randomness.value >= threshold }

  /// Why the trace is kept; empty when it is not.
  package mutating func decide(_ outcome: Outcome) -> TraceReasons {
    var reasons: TraceReasons = []
    if let slow = durations.value, outcome.durationMicroseconds > slow { reasons = .slow }
    // What failed says nothing about how long answers take.
    if !outcome.isFailed { durations.record(outcome.durationMicroseconds) }
    if outcome.isFailed { reasons.insert(.failed) }
    if outcome.isDegraded { reasons.insert(.degraded) }
    if outcome.isAsked { reasons.insert(.asked) }
    if outcome.isSampled { reasons.insert(.sampled) }
    return reasons
  }

  /// How many requests one stands for that was kept for these reasons.
  package func weight(_ reasons: TraceReasons) -> Double {
    reasons == .sampled && headRate > 0 ? 1 / headRate : 1
  }
}
