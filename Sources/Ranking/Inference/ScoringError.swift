/// Why a matrix cannot be scored. The caller's fault in every case.
package enum ScoringError: Error, Equatable {
  case noColumns
  case incompleteRow(values: Int, columns: Int)
  case wrongColumns(found: Int, expected: Int)
  case tooManyScores(count: Int, limit: Int)
}

extension ScoringError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noColumns: "a matrix needs at least one column"
    case .incompleteRow(let values, let columns):
      "\(values) values cannot be divided into rows of \(columns) columns"
    case .wrongColumns(let found, let expected):
      "the matrix has \(found) columns, the model takes \(expected)"
    case .tooManyScores(let count, let limit): "\(count) scores asked for, the limit is \(limit)"
    }
  }
}
