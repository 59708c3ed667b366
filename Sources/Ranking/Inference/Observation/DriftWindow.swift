/// Live rows of one version, counted until there are enough of them to say how they differ from
/// those that it was trained on.
struct DriftWindow: Sendable {
  /// Of a batch, evenly spread: its rows have a user and a moment in common, so that more of them
  /// would tell little more.
  static let rowsOfBatchMax = 8

  let reference: String
  private(set) var rows = 0
  private let features: [(name: String, column: Int)]
  private var columns: [LiveDistribution]
  private var scores: LiveDistribution
  private let rowsMax: Int

  /// Nil where the version's card has no snapshot.
  init?(_ version: LoadedVersion, rowsMax: Int) {
    guard let snapshot = version.card.snapshot else { return nil }
    reference = version.reference
    features = snapshot.features.enumerated().map { ($1.name, $0) }
    columns = snapshot.features.map { LiveDistribution($0.distribution) }
    scores = LiveDistribution(snapshot.scores)
    self.rowsMax = rowsMax
  }

  struct Report: Equatable, Sendable {
    struct Feature: Equatable, Sendable {
      let name: String
      /// Nil where nothing can be compared.
      let stabilityIndex: Double?
      let nullRateChange: Double
      let outOfRangeShare: Double
    }
    let features: [Feature]
    let scoreStabilityIndex: Double?
  }

  /// Counts some rows of the batch; a report when that fills the window, which then begins anew.
  mutating func add(_ batch: ScoredBatch) -> Report? {
    guard batch.columns == columns.count else { return nil }
    let step = max(1, batch.rowCount / Self.rowsOfBatchMax)
    for row in stride(from: 0, to: batch.rowCount, by: step).prefix(Self.rowsOfBatchMax) {
      for column in columns.indices {
        columns[column].add(Double(batch.matrix[row * batch.columns + column]))
      }
      scores.add(batch.scores[row * batch.version.headCount])
      rows += 1
    }
    guard rows >= rowsMax else { return nil }
    defer { restart() }
    return report
  }

  private var report: Report {
    Report(
      features: features.map { name, column in
        Report.Feature(
          name: name, stabilityIndex: columns[column].stabilityIndex,
          nullRateChange: columns[column].nullRateChange,
          outOfRangeShare: columns[column].outOfRangeShare)
      }, scoreStabilityIndex: scores.stabilityIndex)
  }

  private mutating func restart() {
    rows = 0
    columns = columns.map { LiveDistribution($0.trained) }
    scores = LiveDistribution(scores.trained)
  }
}
