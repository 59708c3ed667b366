/// Everything that is wrong with a feature definition, in the order of the file.
package struct FeatureDefinitionError: Error, Equatable, CustomStringConvertible {
  /// Each `features.json:12:7: what is wrong`.
  package var problems: [String]

  /// One problem a line.
  package var description: String { problems.joined(separator: "\n") }
}
