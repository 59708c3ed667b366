internal import RPC
internal import Synchronization
internal import Telemetry

/// What the loops of a server take in and refuse.
final class AdmissionMetrics: Sendable {
  private struct Loop {
    var limit: Gauge
    var queued: Gauge
  }

  private let metrics: MetricsRegistry
  private let loops = Mutex<[String: Loop]>([:])
  private let refused: Counter

  init(_ metrics: MetricsRegistry) {
    self.metrics = metrics
    refused = metrics.counter(
      "brigade_server_refused_calls_total",
      "Calls refused on arrival, or found expired in the queue; none of them was started")
  }

  /// Loops are as many as threads, so the label values are bounded.
  func ticked(_ tick: AdmissionTick) {
    refused.increment(by: UInt64(tick.refused))
    let loop = loops.withLock { loops in
      if let known = loops[tick.loop] { return known }
      let made = Loop(
        limit: metrics.gauge(
          "brigade_server_concurrency_limit", "Waiting handlers that may run at once",
          labels: ["loop": tick.loop]),
        queued: metrics.gauge(
          "brigade_server_queued_calls", "Calls that wait for their turn",
          labels: ["loop": tick.loop]))
      loops[tick.loop] = made
      return made
    }
    loop.limit.set(min(tick.limit, Int(Int32.max)))
    loop.queued.set(tick.queued)
  }
}
