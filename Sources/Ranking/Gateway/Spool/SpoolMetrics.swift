internal import Telemetry

/// What becomes of the events in a spool.
struct SpoolMetrics: Sendable {
  enum Loss: String, CaseIterable, Sendable {
    /// The spool has reached its limit.
    case full
    /// The spool can't be written.
    case failed
    /// The log does not take such events.
    case refused
    /// On disk, but not to be read any more; in decisions, as nobody knows their events.
    case damaged
  }

  let spooled: Counter
  let forwarded: Counter
  let failures: Counter
  private let dropped: [Loss: Counter]

  init(_ metrics: MetricsRegistry) {
    spooled = metrics.counter(
      "brigade_gateway_spooled_events_total", "Events written to the spool")
    forwarded = metrics.counter(
      "brigade_gateway_spool_forwarded_events_total", "Events of the spool that the log has")
    failures = metrics.counter(
      "brigade_gateway_spool_forward_failures_total", "Batches that no log's writer took")
    dropped = Dictionary(
      uniqueKeysWithValues: Loss.allCases.map { loss in
        let counter = metrics.counter(
          "brigade_gateway_spool_dropped_events_total", "Events that never reach the log",
          labels: ["reason": loss.rawValue])
        return (loss, counter)
      })
  }

  func dropped(_ count: Int, _ loss: Loss) { dropped[loss]?.increment(by: UInt64(count)) }

  /// Shows how much waits in the store, for as long as that lives.
  func watch(_ store: SpoolStore, in metrics: MetricsRegistry) {
    metrics.gauge("brigade_gateway_spool_bytes", "On disk, what was forwarded last included") {
      [weak store] in Double(store?.bytes ?? 0)
    }
    metrics.gauge(
      "brigade_gateway_spool_waiting_decisions", "Answers and appends not yet in the log"
    ) { [weak store] in Double(store?.waitingDecisions ?? 0) }
    metrics.gauge(
      "brigade_gateway_spool_oldest_age_seconds", "At most, of what waits; 0 when nothing does"
    ) { [weak store] in
      Double(store?.waitingMilliseconds(now: wallClockMilliseconds()) ?? 0) / 1_000
    }
  }
}
