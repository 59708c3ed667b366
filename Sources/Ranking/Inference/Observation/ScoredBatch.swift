/// A request that was scored, as those see it who look at some of them afterwards.
package struct ScoredBatch: Sendable {
  package let version: LoadedVersion
  /// Scores the same rows beside it; nil where none does, or this request is not among its share.
  package let shadow: LoadedVersion?
  /// Whether the rows are among those whose distribution is watched.
  package let isForDrift: Bool
  /// Row-major.
  package let matrix: [Float]
  package let columns: Int
  /// Row-major, rows × heads.
  package let scores: [Double]

  package init(
    version: LoadedVersion, shadow: LoadedVersion?, isForDrift: Bool, matrix: [Float],
    columns: Int, scores: [Double]
  ) {
    self.version = version
    self.shadow = shadow
    self.isForDrift = isForDrift
    self.matrix = matrix
    self.columns = columns
    self.scores = scores
  }

  var rowCount: Int { columns > 0 ? matrix.count / columns : 0 }

  /// What the rows are ordered by.
  var firstScores: [Double] { Self.firstScores(scores, heads: version.headCount) }

  static func firstScores(_ scores: [Double], heads: Int) -> [Double] {
    heads == 1 ? scores : stride(from: 0, to: scores.count, by: heads).map { scores[$0] }
  }
}
