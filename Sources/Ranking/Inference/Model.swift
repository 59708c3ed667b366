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
  let trees: [Tree]
  /// The score that each tree adds to.
  let heads: [Int]
  private let offsets: [Double]
  let rules: ValueRules
  /// Nil where the trees have to be walked.
  private var engine: TreeEngine?
  /// That scores unless another one is asked for.
  package var kernel = EngineKernel.best

  init(name: String, version: String, schema: UInt64, header: ModelHeader, trees: [Tree]) {
    self.init(
      name: name, version: version, schema: schema, featureNames: header.featureNames,
      headCount: header.headCount, objective: header.objective,
      averagesOutput: header.averagesOutput, trees: trees,
      heads: trees.indices.map { $0 % header.headCount }, offsets: [], rules: .lightGBM)
  }

  /// - Parameters:
  ///   - heads: the score that each tree adds to.
  ///   - offsets: what is added to the sums of each head; none where empty.
  init(
    name: String, version: String, schema: UInt64, featureNames: [String], headCount: Int,
    objective: Objective, averagesOutput: Bool, trees: [Tree], heads: [Int], offsets: [Double],
    rules: ValueRules
  ) {
    self.name = name
    self.version = version
    self.schema = schema
    self.featureNames = featureNames
    self.headCount = headCount
    self.objective = objective
    self.averagesOutput = averagesOutput
    self.trees = trees
    self.heads = heads
    self.offsets = offsets
    self.rules = rules
    engine = TreeEngine(
      trees, heads: heads, columns: featureNames.count, headCount: headCount, rules)
  }

  var hasEngine: Bool { engine != nil }

  /// To be kept beside an engine that has its trees, too: scores are walked for.
  func withoutEngine() -> Model {
    var model = self
    model.engine = nil
    return model
  }

  /// Name and version, as answers carry them and `ModelStore.model(_:)` takes them.
  package var reference: String { "\(name)/\(version)" }
  package var columnCount: Int { featureNames.count }
  package var treeCount: Int { trees.count }
  /// Of all trees.
  package var leafCount: Int { trees.reduce(0) { $0 + $1.leafValues.count } }

  /// What the model takes of the memory, about, without what threads work in.
  package var memoryBytes: Int {
    (engine?.byteCount ?? 0) + trees.reduce(0) { $0 + $1.memoryBytes }
  }

  /// What each thread works in.
  package var scratchBytes: Int { engine?.scratchByteCount ?? 0 }

  /// Transformed scores of float32 rows, row-major, rows × heads.
  package func score(matrix: [Float], columns: Int) throws(ScoringError) -> [Double] {
    try scores(of: try RowMatrix(matrix, columns: columns))
  }

  /// What the objective predicts for each row, rows × heads.
  package func scores(of rows: RowMatrix) throws(ScoringError) -> [Double] {
    var scores = try sums(of: rows, by: .quickest)
    predict(from: &scores)
    return scores
  }

  /// Sums of leaf values become what the objective predicts.
  func predict(from sums: inout [Double]) {
    addOffsets(to: &sums)
    if averagesOutput {
      let iterations = Double(treeCount / headCount)
      for index in sums.indices { sums[index] /= iterations }
    }
    objective.transform.apply(to: &sums, headCount: headCount)
  }

  private func addOffsets(to sums: inout [Double]) {
    guard !offsets.isEmpty else { return }
    for index in sums.indices { sums[index] += offsets[index % headCount] }
  }

  /// Sums of leaf values, rows × heads, bit for bit LightGBM's `raw_score=True`: sums even where
  /// the model averages. Blocks for as long as that takes.
  /// - Parameter method: the trees are walked where it is not one of `methods`.
  package func rawScores(
    of rows: RowMatrix, by method: ScoringMethod = .quickest
  ) throws(ScoringError) -> [Double] {
    var scores = try sums(of: rows, by: method)
    addOffsets(to: &scores)
    return scores
  }

  private func sums(
    of rows: RowMatrix, by method: ScoringMethod
  ) throws(ScoringError) -> [Double] {
    try check(rows)
    let (count, overflows) = rows.count.multipliedReportingOverflow(by: headCount)
    guard !overflows, count <= Self.scoresMax else {
      throw .tooManyScores(count: overflows ? .max : count, limit: Self.scoresMax)
    }
    var scores = Array(repeating: 0.0, count: count)
    let method = method == .quickest ? self.method(rows: rows.count, kernel) : method
    add(rows.narrowed(rules), by: method, to: &scores)
    return scores
  }

  private func add(_ rows: RowMatrix, by method: ScoringMethod, to scores: inout [Double]) {
    if let engine, engine.score(rows, by: method, into: &scores) { return }
    let flushed = rows.flushed(rules)
    for (tree, head) in zip(trees, heads) {
      tree.add(flushed, to: &scores, head: head, headCount: headCount)
    }
  }

  /// The quickest way for so many rows with one kernel.
  package func method(rows: Int, _ kernel: EngineKernel) -> ScoringMethod {
    engine?.quickest(rowCount: rows, kernel) ?? .walk
  }

  /// Ways to score this model on this processor, walking its trees first.
  package var methods: [ScoringMethod] { [.walk] + (engine?.methods ?? []) }

  /// The leaf each row falls into, rows × trees, as LightGBM's `pred_leaf=True`: explains a score.
  package func leaves(of rows: RowMatrix) throws(ScoringError) -> [Int] {
    try check(rows)
    let rows = rows.narrowed(rules).flushed(rules)
    var leaves: [Int] = []
    for row in 0..<rows.count {
      for tree in trees {
        leaves.append(tree.leaf(of: rows.cells, rowStart: row * rows.columns, rules))
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
