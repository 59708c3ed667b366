internal import Synchronization
internal import Telemetry

/// Answers of the HTTP port by status: those to what never became a call are counted here only.
final class EdgeMetrics: Sendable {
  private let metrics: MetricsRegistry
  private let counters = Mutex<[Int: Counter]>([:])

  init(_ metrics: MetricsRegistry) { self.metrics = metrics }

  /// Statuses are ours, so the label values are bounded.
  func answered(_ status: Int) {
    let counter = counters.withLock { counters in
      if let known = counters[status] { return known }
      let made = metrics.counter(
        "brigade_edge_responses_total", "Answers of the HTTP port",
        labels: ["status": "\(status)"])
      counters[status] = made
      return made
    }
    counter.increment()
  }
}
