package import Telemetry

/// What a replica's copy of the log counts.
package struct LogMetrics: Sendable {
  let appended: Counter
  let duplicates: Counter
  let commit: Histogram

  init(_ registry: MetricsRegistry) {
    appended = registry.counter("brigade_events_appended_total", "Events taken into the log here")
    duplicates = registry.counter(
      "brigade_events_duplicates_total", "Events left out because their ids had been seen")
    commit = registry.histogram(
      "brigade_events_commit_duration_seconds", "From taking waiting events to having synced them")
  }
}

/// What a follower shows of its way behind the writer.
package struct FollowerMetrics: Sendable {
  let behind: Gauge
  let differs: Gauge
  let hasWriter: Gauge

  package init(_ registry: MetricsRegistry) {
    behind = registry.gauge(
      "brigade_events_behind", "Positions by which the writer's log was longer when last heard of")
    differs = registry.gauge(
      "brigade_events_differs", "1 when this log differs from the writer's and follows no more")
    hasWriter = registry.gauge("brigade_events_writer_known", "1 while a writer answers")
  }
}
