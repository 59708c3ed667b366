/// A matrix that a model can score.
package struct AssembledRows: Equatable, Sendable {
  /// Of the definition; the matrix has its columns.
  package var fingerprint: UInt64
  package var columns: Int
  /// Row-major, as many rows as keys were given, in their order; NaN is missing.
  package var matrix: [Float]
  /// Rows whose item the catalogue does not have. Only the user's own features are known of them.
  package var unknownItems: Int
  /// Spent on what is stored: looking up, attributes, windows, decays.
  package var storedNanoseconds: UInt64
  /// Spent on what depends on the request: distance, local time, crosses.
  package var requestNanoseconds: UInt64
  /// Events applied.
  package var logPosition: UInt64
}

package enum AssembleError: Error, Equatable, CustomStringConvertible {
  case tooManyRows(Int, limit: Int)

  package var description: String {
    switch self {
    case .tooManyRows(let rows, let limit): "\(rows) rows asked for; the limit is \(limit)"
    }
  }
}
