/// A loaded model, ready to score. Immutable, so any number of threads may share it.
package struct Model: Sendable {
  /// Scores one call may ask for: as many doubles as a 16 MiB answer frame holds.
  package static let scoresMax = 1 << 21

  package let name: String
  package let version: String
  /// Fingerprint of the feature definition it was trained on; 0: unknown.
  package let schema: UInt64
  /// One name a column, in the order of the columns.
  package let featureNames: [String]
  /// Scores a row.
  package let headCount: Int
  package let objective: Objective
  /// Transformed scores are averages over the iterations, not sums.
  package let averagesOutput: Bool
  private let trees: [Tree]

  init(name: String, version: String, schema: UInt64, header: ModelHeader, trees: [Tree]) {
    self.name = name
    self.version = version
    self.schema = schema
    featureNames = header.featureNames
    headCount = header.headCount
    objective = header.objective
    averagesOutput = header.averagesOutput
    self.trees = trees
  }

  /// Name and version, as answers carry them and `ModelStore.model(_:)` takes them.
  package var reference: String { "\(name)/\(version)" }
  package var columnCount: Int { featureNames.count }
  package var treeCount: Int { trees.count }

  /// Transformed scores of float32 rows, row-major, rows × heads.
  package func score(matrix: [Float], columns: Int) throws(ScoringError) -> [Double] {
    try scores(of: try RowMatrix(matrix, columns: columns))
  }

  /// What the objective predicts for each row, rows × heads.
  package func scores(of rows: RowMatrix) throws(ScoringError) -> [Double] {
    var scores = try rawScores(of: rows)
    if averagesOutput {
      let iterations = Double(treeCount / headCount)
      for index in scores.indices { scores[index] /= iterations }
    }
    objective.transform.apply(to: &scores, headCount: headCount)
    return scores
  }

  /// Sums of leaf values, rows × heads, bit for bit LightGBM's `raw_score=True`: sums even where
  /// the model averages. Linear in rows × trees × depth; blocks for as long as that takes.
  package func rawScores(of rows: RowMatrix) throws(ScoringError) -> [Double] {
    try check(rows)
    let (count, overflows) = rows.count.multipliedReportingOverflow(by: headCount)
    guard !overflows, count <= Self.scoresMax else {
      throw .tooManyScores(count: overflows ? .max : count, limit: Self.scoresMax)
    }
    var scores = Array(repeating: 0.0, count: count)
    for (index, tree) in trees.enumerated() {
      tree.add(rows, to: &scores, head: index % headCount, headCount: headCount)
    }
    return scores
  }

  /// The leaf each row falls into, rows × trees, as LightGBM's `pred_leaf=True`: explains a score.
  package func leaves(of rows: RowMatrix) throws(ScoringError) -> [Int] {
    try check(rows)
    var leaves: [Int] = []
    for row in 0..<rows.count {
      for tree in trees {
        leaves.append(tree.leaf(of: rows.cells, rowStart: row * rows.columns))
      }
    }
    return leaves
  }

  private func check(_ rows: RowMatrix) throws(ScoringError) {
    guard rows.columns == columnCount else {
      throw .wrongColumns(found: rows.columns, expected: columnCount)
    }
  }
}
