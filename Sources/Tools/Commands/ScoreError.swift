package import Inference

/// Why `brigade score` stopped. Lines and columns count from 1.
package enum ScoreError: Error, Equatable {
  case model(ModelError)
  case wrongColumns(line: Int, found: Int, expected: Int)
  case notANumber(line: Int, column: Int, text: String)
  case scoring(ScoringError)
}

extension ScoreError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .model(let error): "model: \(error)"
    case .wrongColumns(let line, let found, let expected):
      "input: line \(line) has \(found) columns, the model takes \(expected)"
    case .notANumber(let line, let column, let text):
      "input: line \(line), column \(column): '\(text)' is not a number"
    case .scoring(let error): "input: \(error)"
    }
  }
}
