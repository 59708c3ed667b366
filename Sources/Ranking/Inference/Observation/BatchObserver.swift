internal import RPC
package import Telemetry

/// Looks at some of the scored batches on a thread of low priority: how their scores are
/// distributed, whether the rows still look like those of training, and what a shadow version makes
/// of them. Confined to that thread.
package final class BatchObserver: @unchecked Sendable {
  /// Values that quantiles are taken of, and of how many batches correlations are averaged.
  private static let scoresKept = 4_096
  private static let correlationsKept = 256
  /// Quantiles are worked out anew at most this often.
  private static let quantilesEveryMilliseconds: Int64 = 1_000
  private static let quantiles = [("0.1", 0.1), ("0.5", 0.5), ("0.9", 0.9)]
  /// Requests in a row after which another version is watched: callers may name an older one now and
  /// then, and each change begins anew.
  private static let strangersMax = 8
  /// Models that are watched; labels and memory grow with them.
  private static let modelsMax = ModelDirectory.namesMax

  /// An object, so that its values are changed in place.
  private final class Watched {
    var drift: DriftWindow?
    /// Of the version that serves; its card may be replaced.
    var reference = ""
    var card = ModelCard()
    var strangers = 0
    var scores = RecentValues(capacity: BatchObserver.scoresKept)
    var shadowReference = ""
    var shadowScores = RecentValues(capacity: BatchObserver.scoresKept)
    var correlations = RecentValues(capacity: BatchObserver.correlationsKept)
    var shownAt: Instant?
  }

  private let metrics: ObservationMetrics
  private let driftRows: Int
  private var watched: [String: Watched] = [:]

  /// - Parameter driftRows: of a window, after which drift is worked out.
  package init(_ metrics: MetricsRegistry, driftRows: Int) {
    self.metrics = ObservationMetrics(metrics)
    self.driftRows = driftRows
  }

  package func observe(_ batch: ScoredBatch, now: Instant = .now()) {
    let name = batch.version.name
    guard let watched = watched(name), isWatched(batch.version, watched) else { return }
    for score in batch.firstScores { watched.scores.append(score) }
    if batch.isForDrift, let report = watched.drift?.add(batch) {
      metrics.show(report, model: name)
    }
    if let shadow = batch.shadow { score(batch, with: shadow, watched) }
    show(watched, name, now)
  }

  private func watched(_ name: String) -> Watched? {
    if let known = watched[name] { return known }
    guard watched.count < Self.modelsMax else { return nil }
    let new = Watched()
    watched[name] = new
    return new
  }

  private func isWatched(_ version: LoadedVersion, _ watched: Watched) -> Bool {
    if watched.reference == version.reference, watched.card == version.card {
      watched.strangers = 0
      return true
    }
    watched.strangers += 1
    guard watched.reference.isEmpty || watched.strangers >= Self.strangersMax else { return false }
    watched.reference = version.reference
    watched.card = version.card
    watched.strangers = 0
    watched.scores = RecentValues(capacity: Self.scoresKept)
    watched.drift = DriftWindow(version, rowsMax: driftRows)
    return true
  }

  private func score(_ batch: ScoredBatch, with shadow: LoadedVersion, _ watched: Watched) {
    if watched.shadowReference != shadow.reference {
      watched.shadowReference = shadow.reference
      watched.shadowScores = RecentValues(capacity: Self.scoresKept)
      watched.correlations = RecentValues(capacity: Self.correlationsKept)
    }
    let start = Instant.now()
    guard let scores = try? shadow.score(matrix: batch.matrix, columns: batch.columns) else {
      return metrics.shadowFailures.increment()
    }
    metrics.shadowDuration.record(nanoseconds: Instant.now().nanoseconds(since: start))
    metrics.shadowBatches.increment()
    let first = ScoredBatch.firstScores(scores, heads: shadow.headCount)
    for score in first { watched.shadowScores.append(score) }
    if let correlation = RankCorrelation.spearman(batch.firstScores, first) {
      watched.correlations.append(correlation)
    }
  }

  private func show(_ watched: Watched, _ name: String, _ now: Instant) {
    if let shownAt = watched.shownAt,
      now < shownAt.adding(milliseconds: Self.quantilesEveryMilliseconds)
    {
      return
    }
    watched.shownAt = now
    show(watched.scores, in: metrics.scores, name)
    show(watched.shadowScores, in: metrics.shadowScores, name)
    if !watched.correlations.isEmpty {
      metrics.shadowCorrelation.set(watched.correlations.mean, ["model": name])
    }
  }

  private func show(_ values: RecentValues, in gauges: LabelledGauges, _ name: String) {
    for ((label, _), value) in zip(Self.quantiles, values.quantiles(Self.quantiles.map(\.1))) {
      gauges.set(value, ["model": name, "quantile": label])
    }
  }
}
