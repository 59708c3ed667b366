package import Telemetry

/// How many calls may run at once, found from how long they take: when they take longer than they do
/// in an idle server, there are too many.
///
/// The step is the gradient of Netflix's concurrency-limits (`Gradient2Limit`): limit × gradient +
/// √limit, smoothed, with gradient = tolerated ÷ measured in 1/2...1. What is tolerated comes from
/// latencies without load, as in brpc's `auto_concurrency_limiter`, and not from a long mean, which an
/// overload that lasts would drag along. Pure.
package struct ConcurrencyLimit: Sendable {
  package struct Settings: Equatable, Sendable {
    package var initial = 128
    /// Low enough to protect, high enough for a burst of one caller.
    package var least = 16
    package var most = 2_048

    package init() {}
  }

  /// Times its usual latency that a call may take before the limit falls.
  package static let tolerance = 2.0
  /// Added to what is tolerated: delays that nobody notices are no reason to refuse.
  package static let allowanceNanoseconds = 2_000_000.0
  package static let windowNanoseconds: Int64 = 100_000_000
  /// Answers that a window is at least judged by.
  package static let samplesLeast = 10
  /// Of a call's slowness in the mean, so that one that hangs does not speak for all.
  private static let slownessMax = 4.0
  private static let smoothing = 0.5

  private let settings: Settings
  private var exact: Double
  private var windowEnd: Instant?
  private var slowness = 0.0
  private var samples = 0
  private var runningMax = 0

  package init(_ settings: Settings = Settings()) {
    self.settings = settings
    exact = Double(min(max(settings.initial, settings.least), settings.most))
  }

  package var limit: Int { Int(exact) }

  /// A call has ended.
  /// - Parameters:
  ///   - running: calls that ran until now, this one among them.
  ///   - usual: of its method, which learns from it.
  package mutating func ended(
    latencyNanoseconds: Int64, running: Int, usual: inout UsualLatency, _ now: Instant
  ) {
    let latency = Double(max(0, latencyNanoseconds))
    runningMax = max(runningMax, running)
    // At the least limit nothing is known to be too much: what is usual may have changed.
    if !usual.isKnown || running * 2 <= limit || limit <= settings.least + 1 {
      usual.learn(latency)
    }
    let tolerated = usual.nanoseconds * Self.tolerance + Self.allowanceNanoseconds
    slowness += min(latency / tolerated, Self.slownessMax)
    samples += 1
    guard let end = windowEnd else {
      windowEnd = now.adding(nanoseconds: Self.windowNanoseconds)
      return
    }
    if now >= end, samples >= Self.samplesLeast { endWindow(now) }
  }

  private mutating func endWindow(_ now: Instant) {
    let gradient = min(1, max(0.5, Double(samples) / max(slowness, 1e-9)))
    let next = exact * gradient + exact.squareRoot()
    // What was not used says nothing of what there is room for.
    if next < exact || runningMax * 2 >= limit {
      exact += (next - exact) * Self.smoothing
      exact = min(max(exact, Double(settings.least)), Double(settings.most))
    }
    windowEnd = now.adding(nanoseconds: Self.windowNanoseconds)
    slowness = 0
    samples = 0
    runningMax = 0
  }
}
