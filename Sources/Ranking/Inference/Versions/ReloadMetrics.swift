internal import Telemetry

/// What is told of loading models.
final class ReloadMetrics: Sendable {
  /// To be alerted on.
  private let refused: [ModelRefusal.Reason: Gauge]
  let failures: Counter
  let reloads: Counter
  let loadDuration: Histogram
  private let loaded: Gauge
  private let serving: LabelledGauges

  init(_ metrics: MetricsRegistry) {
    refused = Dictionary(
      uniqueKeysWithValues: ModelRefusal.Reason.allCases.map { reason in
        (
          reason,
          metrics.gauge(
            "brigade_inference_refused_versions",
            "Versions in the models folder that do not serve though they should",
            labels: ["reason": reason.rawValue])
        )
      })
    failures = metrics.counter(
      "brigade_inference_load_failures_total", "Attempts to load a version that failed")
    reloads = metrics.counter(
      "brigade_inference_reloads_total", "Times that the versions served were changed")
    loadDuration = metrics.histogram(
      "brigade_inference_load_duration_seconds",
      "Time to load a version and to score its warm-up rows")
    loaded = metrics.gauge("brigade_inference_loaded_versions", "Versions in memory")
    serving = LabelledGauges(
      metrics, "brigade_inference_serving_version",
      "Version that answers those who name none, where it is a number")
  }

  func show(refusals: [ModelRefusal.Reason: Int]) {
    for (reason, gauge) in refused { gauge.set(refusals[reason] ?? 0) }
  }

  /// - Parameter schema: of the rows that come.
  func show(_ store: ModelStore, schema: UInt64) {
    loaded.set(store.versions.count)
    for name in store.names {
      let version = (try? store.version(name, schema: schema))?.version
      serving.set(version.flatMap { Double($0) } ?? .nan, ["model": name])
    }
  }
}
