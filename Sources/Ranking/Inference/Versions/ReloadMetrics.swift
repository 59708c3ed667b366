internal import RPC
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
  private let loadedAt: LabelledGauges
  private let trainedAt: LabelledGauges
  /// Models that were shown and may be gone.
  private let shown = Guarded<Set<String>>([])

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
    loadedAt = LabelledGauges(
      metrics, "brigade_inference_model_loaded_timestamp_seconds",
      "Unix time at which the version that answers those who name none was loaded")
    trainedAt = LabelledGauges(
      metrics, "brigade_inference_model_trained_timestamp_seconds",
      "Unix time of the last row that that version learnt from, where its card has it")
  }

  func show(refusals: [ModelRefusal.Reason: Int]) {
    for (reason, gauge) in refused { gauge.set(refusals[reason] ?? 0) }
  }

  /// - Parameter schema: of the rows that come.
  func show(_ store: ModelStore, schema: UInt64) {
    loaded.set(store.versions.count)
    let names = shown.withLock { shown in
      defer { shown = Set(store.names) }
      return shown.union(store.names)
    }
    for name in names.sorted() {
      let version = try? store.version(name, schema: schema)
      serving.set(version.flatMap { Double($0.version) } ?? .nan, ["model": name])
      loadedAt.set(Self.seconds(version?.loadedUnixMilliseconds), ["model": name])
      trainedAt.set(Self.seconds(version?.card.trainedOn?.upperBound), ["model": name])
    }
  }

  /// What is not known is no time long ago.
  private static func seconds(_ milliseconds: Int64?) -> Double {
    guard let milliseconds, milliseconds > 0 else { return .nan }
    return Double(milliseconds) / 1_000
  }
}
