internal import Definitions

/// A version of a model, ready to score: one model, or several that answer the same rows, each its
/// own heads. Immutable, so any number of threads may share it.
package struct LoadedVersion: Sendable {
  package struct Head: Sendable {
    /// Empty where it is the only one and the card does not name it.
    package let name: String
    package let model: Model

    package init(name: String = "", model: Model) {
      self.name = name
      self.model = model
    }
  }

  package let name: String
  package let version: String
  package let card: ModelCard
  /// 0 where it was not noted.
  package var loadedUnixMilliseconds: Int64 = 0
  /// Never empty; all take the same columns.
  package let heads: [Head]
  /// Nil where the heads are scored one after the other.
  private let shared: SharedHeads?
  package var sharesWork: Bool { shared != nil }

  /// - Parameter shares: what several heads have in common is done once, where that can be.
  package init(
    name: String, version: String, card: ModelCard = ModelCard(), heads: [Head],
    shares: Bool = true
  ) {
    precondition(!heads.isEmpty, "a version without a model")
    self.name = name
    self.version = version
    self.card = card
    let models = heads.map(\.model)
    shared = shares ? SharedHeads(models, kernel: models[0].kernel) : nil
    // Tables that nobody would look at take as much memory as those that somebody does.
    self.heads =
      shared == nil
      ? heads : heads.map { Head(name: $0.name, model: $0.model.withoutEngine()) }
    headCount = heads.reduce(0) { $0 + $1.model.headCount }
  }

  /// What is known of how fresh it is.
  var times: [ServedTime] {
    var times: [ServedTime] = []
    if loadedUnixMilliseconds > 0 {
      times.append(ServedTime(.loaded, reference, unixMilliseconds: loadedUnixMilliseconds))
    }
    if let trainedOn = card.trainedOn {
      times.append(ServedTime(.trained, reference, unixMilliseconds: max(0, trainedOn.upperBound)))
    }
    return times
  }

  /// Name and version, as answers carry them.
  package var reference: String { "\(name)/\(version)" }
  /// Fingerprint of the feature definition that it was trained on; 0: unknown.
  package var schema: UInt64 { card.schema }
  package var featureNames: [String] { heads[0].model.featureNames }
  package var columnCount: Int { heads[0].model.columnCount }
  package var treeCount: Int { heads.reduce(0) { $0 + $1.model.treeCount } }
  /// Scores a row, of all models.
  package let headCount: Int

  /// One a score of a row; none where the card names none. A model of several classes numbers them.
  package var headNames: [String] {
    if heads.count == 1, heads[0].name.isEmpty { return [] }
    return heads.flatMap { head in
      head.model.headCount == 1
        ? [head.name] : (0..<head.model.headCount).map { "\(head.name).\($0)" }
    }
  }

  /// Whether rows of this kind are what it was trained on, as far as is known.
  /// - Parameters:
  ///   - schema: 0 where the rows have none.
  ///   - columns: nil where they don't matter.
  package func takes(schema: UInt64, columns: Int?) -> Bool {
    (schema == 0 || self.schema == 0 || schema == self.schema)
      && (columns == nil || columns == columnCount)
  }

  private func rowMatrix(_ matrix: [Float], columns: Int) throws(ScoringError) -> RowMatrix {
    let rows = try RowMatrix(matrix, columns: columns)
    guard columns == columnCount else {
      throw .wrongColumns(found: columns, expected: columnCount)
    }
    return rows
  }

  /// What the objectives predict, row-major, rows × heads.
  package func score(matrix: [Float], columns: Int) throws(ScoringError) -> [Double] {
    if heads.count == 1 { return try heads[0].model.score(matrix: matrix, columns: columns) }
    let rows = columns > 0 ? matrix.count / columns : 0
    let (count, overflows) = rows.multipliedReportingOverflow(by: headCount)
    guard !overflows, count <= Model.scoresMax else {
      throw .tooManyScores(count: overflows ? .max : count, limit: Model.scoresMax)
    }
    if let shared { return shared.scores(of: try rowMatrix(matrix, columns: columns)) }
    var scores = [Double](repeating: 0, count: count)
    var offset = 0
    for head in heads {
      let width = head.model.headCount
      let own = try head.model.score(matrix: matrix, columns: columns)
      for row in 0..<rows {
        for column in 0..<width {
          scores[row * headCount + offset + column] = own[row * width + column]
        }
      }
      offset += width
    }
    return scores
  }
}
