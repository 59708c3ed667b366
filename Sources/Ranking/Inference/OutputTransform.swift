internal import Glibc

/// How raw scores become what the objective predicts.
package enum OutputTransform: Equatable, Sendable {
  case identity
  /// Undoes training on the square root of the label (`reg_sqrt`).
  case signedSquare
  case exponential
  /// log(1 + exp(raw)), of cross_entropy_lambda.
  case softplus
  case logistic(slope: Double)
  /// Over the heads of a row.
  case softmax

  /// Transforms row-major scores, rows × heads, in place.
  func apply(to scores: inout [Double], headCount: Int) {
    switch self {
    case .identity: return
    case .signedSquare: Self.map(&scores) { $0 < 0 ? -($0 * $0) : $0 * $0 }
    case .exponential: Self.map(&scores) { exp($0) }
    case .softplus: Self.map(&scores) { log1p(exp($0)) }
    case .logistic(let slope): Self.map(&scores) { 1 / (1 + exp(-slope * $0)) }
    case .softmax:
      for start in stride(from: 0, to: scores.count, by: headCount) {
        Self.softmax(&scores, start..<(start + headCount))
      }
    }
  }

  private static func map(_ scores: inout [Double], _ transform: (Double) -> Double) {
    for index in scores.indices { scores[index] = transform(scores[index]) }
  }

  /// The largest raw score is taken off first, so that no exponential overflows.
  private static func softmax(_ scores: inout [Double], _ row: Range<Int>) {
    var largest = scores[row.lowerBound]
    for index in row { largest = max(largest, scores[index]) }
    var sum = 0.0
    for index in row {
      scores[index] = exp(scores[index] - largest)
      sum += scores[index]
    }
    for index in row { scores[index] /= sum }
  }
}
