internal import Inference

/// The logic of `brigade score`: rows of numbers in, one line of scores a row out.
package struct ScoreCommand {
  /// Rows scored at a time, so that memory does not grow with the input.
  private static let batchRows = 256

  /// Scores a CSV without a header. Batches before a bad row have been written when it is
  /// reported.
  /// - Parameters:
  ///   - model: a LightGBM text or XGBoost JSON model.
  ///   - raw: sums of leaf values instead of what the objective predicts.
  ///   - write: takes one line a row, with its end; heads are separated by commas, and the digits
  ///     are the fewest that parse to the same double.
  package static func run(
    model: [UInt8], input: [UInt8], raw: Bool, write: (String) -> Void
  ) throws(ScoreError) {
    let model = try load(model)
    var rows = NumericRows(input, columns: model.columnCount)
    let batchRows = max(1, min(Self.batchRows, Model.scoresMax / model.headCount))
    var values: [Double] = []
    while try rows.read(batchRows, into: &values) {
      let scores = try score(values, with: model, raw: raw)
      for start in stride(from: 0, to: scores.count, by: model.headCount) {
        write(line(scores[start..<(start + model.headCount)]))
      }
      values.removeAll(keepingCapacity: true)
    }
  }

  private static func load(_ bytes: [UInt8]) throws(ScoreError) -> Model {
    do {
      return try ModelParser.parse(bytes)
    } catch {
      throw .model(error)
    }
  }

  private static func score(
    _ values: [Double], with model: Model, raw: Bool
  ) throws(ScoreError) -> [Double] {
    do {
      let rows = try RowMatrix(values, columns: model.columnCount)
      return raw ? try model.rawScores(of: rows) : try model.scores(of: rows)
    } catch {
      throw .scoring(error)
    }
  }

  private static func line(_ scores: ArraySlice<Double>) -> String {
    // The sign of a NaN says nothing, and readers of CSV do not know "-nan".
    scores.map { $0.isNaN ? "nan" : $0.description }.joined(separator: ",") + "\n"
  }
}
