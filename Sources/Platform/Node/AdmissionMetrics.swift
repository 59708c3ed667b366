internal import RPC
internal import Telemetry

/// What the loops of a server take in and refuse, and how late they are.
final class AdmissionMetrics: Sendable {
  private struct Loop: Sendable {
    var limit: Gauge
    var queued: Gauge
    var lag: Guarded<LoopLag>
  }

  private let metrics: MetricsRegistry
  private let loops = Guarded<[String: Loop]>([:])
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
      let made = make(tick)
      loops[tick.loop] = made
      return made
    }
    loop.limit.set(min(tick.limit, Int(Int32.max)))
    loop.queued.set(tick.queued)
    loop.lag.withLock { $0.ticked(lateBy: tick.lagNanoseconds, due: tick.nextAt, tick.at) }
  }

  private func make(_ tick: AdmissionTick) -> Loop {
    let lag = Guarded(LoopLag(due: tick.nextAt, tick.at))
    metrics.gauge(
      "brigade_loop_lag_seconds",
      "By how much the loop was late for what was due, the worst of the last half minute or more",
      labels: ["loop": tick.loop]
    ) {
      Double(lag.withLock { $0.worst(.now()) }) / 1e9
    }
    return Loop(
      limit: metrics.gauge(
        "brigade_server_concurrency_limit", "Waiting handlers that may run at once",
        labels: ["loop": tick.loop]),
      queued: metrics.gauge(
        "brigade_server_queued_calls", "Calls that wait for their turn",
        labels: ["loop": tick.loop]), lag: lag)
  }
}
