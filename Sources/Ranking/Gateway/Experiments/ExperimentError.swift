/// Everything that is wrong with a file of experiments, in its order.
package struct ExperimentError: Error, Equatable, CustomStringConvertible {
  /// More are a file of another kind.
  static let problemsMax = 100

  /// Each `experiments.json:12:7: what is wrong`.
  package var problems: [String]

  /// One problem a line.
  package var description: String { problems.joined(separator: "\n") }
}
