/// Which traces are kept. Pure, and cheap where the answer is no: it is asked for every request.
///
/// By chance when a request begins, by the trace's id, so that everybody who sees the id decides
/// alike; and at its end by what became of it.
package struct TraceSampler: Sendable {
  /// How a request ended, as far as keeping its trace depends on it.
  package struct Outcome: Sendable {
    package var durationMicroseconds: UInt64
    package var isFailed: Bool
    package var isDegraded: Bool
    package var isAsked: Bool

    package init(
      durationMicroseconds: UInt64, isFailed: Bool = false, isDegraded: Bool = false,
      isAsked: Bool = false
    ) {
      self.durationMicroseconds = durationMicroseconds
      self.isFailed = isFailed
      self.isDegraded = isDegraded
      self.isAsked = isAsked
    }
  }

  /// Of all that answered before; a request above it is slow.
  package static let slowQuantile = 0.99
  /// The part of an id that is chance (OpenTelemetry's consistent probability sampling).
  private static let chanceBits: UInt64 = 56

  package let headRate: Double
  private let threshold: UInt64
  private var durations = MovingQuantile(Self.slowQuantile)

  /// - Parameter headRate: the share that is kept by chance, 0 to 1.
  package init(headRate: Double) {
    precondition((0...1).contains(headRate), "rate \(headRate)")
    self.headRate = headRate
    threshold = UInt64(headRate * Double(UInt64(1) << Self.chanceBits))
  }

  /// What is slower is kept; nil until enough requests have been seen.
  package var slowMicroseconds: UInt64? { durations.value }

  package func isSampled(_ id: TraceID) -> Bool {
    id.low & (1 << Self.chanceBits - 1) < threshold
  }

  /// Why the trace is kept; empty when it is not.
  package mutating func decide(_ outcome: Outcome, _ id: TraceID) -> TraceReasons {
    var reasons: TraceReasons = []
    if let slow = durations.value, outcome.durationMicroseconds > slow { reasons = .slow }
    // What failed says nothing about how long answers take.
    if !outcome.isFailed { durations.record(outcome.durationMicroseconds) }
    if outcome.isFailed { reasons.insert(.failed) }
    if outcome.isDegraded { reasons.insert(.degraded) }
    if outcome.isAsked { reasons.insert(.asked) }
    if isSampled(id) { reasons.insert(.sampled) }
    return reasons
  }

  /// How many requests one stands for that was kept for these reasons.
  package func weight(_ reasons: TraceReasons) -> Double {
    reasons == .sampled && headRate > 0 ? 1 / headRate : 1
  }
}
