/// What a model was trained for, as the `objective=` line says it: a name, then `name:value` pairs
/// and bare words. No line, or `custom`, is an objective that LightGBM did not know: identity.
package struct Objective: Equatable, Sendable {
  package let name: String
  package let transform: OutputTransform

  package static let custom = Objective(name: "custom", transform: .identity)

  package init(name: String, transform: OutputTransform) {
    self.name = name
    self.transform = transform
  }

  /// - Parameter line: where the text stands, for the error.
  init(_ text: String, headCount: Int, line: Int) throws(ModelError) {
    let words = text.split(separator: " ")
    name = words.first.map(String.init) ?? ""
    let parameters = ObjectiveParameters(words: words.dropFirst(), text: text, line: line)
    switch name {
    case "binary":
      transform = .logistic(slope: try parameters.positiveNumber("sigmoid"))
    case "multiclassova":
      try parameters.requireClassCount(headCount)
      transform = .logistic(slope: try parameters.positiveNumber("sigmoid"))
    case "multiclass":
      try parameters.requireClassCount(headCount)
      transform = .softmax
    case "cross_entropy", "xentropy": transform = .logistic(slope: 1)
    case "cross_entropy_lambda", "xentlambda": transform = .softplus
    case "poisson", "gamma", "tweedie": transform = .exponential
    case "regression", "regression_l1", "huber", "fair", "quantile", "mape":
      transform = parameters.words.contains("sqrt") ? .signedSquare : .identity
    case "lambdarank", "rank_xendcg", "custom": transform = .identity
    default:
      throw ModelError(line: line, .unknownObjective(DecimalText.excerpt(name.utf8)))
    }
  }
}

private struct ObjectiveParameters {
  let words: ArraySlice<Substring>
  let text: String
  let line: Int

  func positiveNumber(_ name: String) throws(ModelError) -> Double {
    guard let value = value(name).flatMap({ DecimalText.double(Array($0.utf8)[...]) }),
      value > 0, value.isFinite
    else { throw invalid(name) }
    return value
  }

  func requireClassCount(_ headCount: Int) throws(ModelError) {
    guard value("num_class").flatMap({ Int($0) }) == headCount else { throw invalid("num_class") }
  }

  private func value(_ name: String) -> Substring? {
    words.first { $0.hasPrefix(name + ":") }?.dropFirst(name.count + 1)
  }

  private func invalid(_ name: String) -> ModelError {
    let objective = DecimalText.excerpt(text.utf8)
    return ModelError(line: line, .invalidObjectiveParameter(name: name, objective: objective))
  }
}
