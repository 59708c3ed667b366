internal import Telemetry

/// What is told of the rows and scores that come.
final class ObservationMetrics: Sendable {
  let scores: LabelledGauges
  let shadowScores: LabelledGauges
  let shadowCorrelation: LabelledGauges
  let shadowBatches: Counter
  let shadowFailures: Counter
  let shadowDuration: Histogram
  private let scoreStability: LabelledGauges
  private let featureStability: LabelledGauges
  private let nullRateChange: LabelledGauges
  private let outOfRange: LabelledGauges

  init(_ metrics: MetricsRegistry) {
    scores = LabelledGauges(
      metrics, "brigade_inference_score", "Quantiles of sampled scores, first head")
    shadowScores = LabelledGauges(
      metrics, "brigade_inference_shadow_score", "Quantiles of the shadow version's scores")
    shadowCorrelation = LabelledGauges(
      metrics, "brigade_inference_shadow_rank_correlation",
      "Spearman's correlation of the shadow's ranking with the one served, mean of recent requests")
    shadowBatches = metrics.counter(
      "brigade_inference_shadow_batches_total", "Requests that a shadow version has scored too")
    shadowFailures = metrics.counter(
      "brigade_inference_shadow_failures_total", "Requests that a shadow version could not score")
    shadowDuration = metrics.histogram(
      "brigade_inference_shadow_duration_seconds", "Time that a shadow version took for a request")
    scoreStability = LabelledGauges(
      metrics, "brigade_inference_score_psi",
      "Population stability index of the scores against training")
    featureStability = LabelledGauges(
      metrics, "brigade_inference_feature_psi",
      "Population stability index of a feature against training")
    nullRateChange = LabelledGauges(
      metrics, "brigade_inference_feature_null_drift_ratio",
      "Share of missing values, less that of training")
    outOfRange = LabelledGauges(
      metrics, "brigade_inference_feature_out_of_range_ratio",
      "Share of values beyond the range of training")
  }

  func show(_ report: DriftWindow.Report, model: String) {
    if let index = report.scoreStabilityIndex { scoreStability.set(index, ["model": model]) }
    for feature in report.features {
      let labels: KeyValuePairs = ["model": model, "feature": feature.name]
      if let index = feature.stabilityIndex { featureStability.set(index, labels) }
      nullRateChange.set(feature.nullRateChange, labels)
      outOfRange.set(feature.outOfRangeShare, labels)
    }
  }
}
