internal import Inference
internal import Testing

struct ObjectiveTests {
  private func transform(_ objective: String?, heads: Int = 1) throws -> OutputTransform {
    let leaves = Array(repeating: 0.0, count: heads)
    let text = SampleModel.constant(leaves, objective: objective, heads: heads)
    return try SampleModel.load(text).objective.transform
  }

  @Test(
    arguments: [
      "regression", "regression_l1", "huber", "fair", "quantile", "mape", "lambdarank",
      "rank_xendcg", "custom",
    ])
  func `ranking and plain regression leave scores as they are`(name: String) throws {
    #expect(try transform(name) == .identity)
  }

  @Test func `a file without an objective is scored as it is`() throws {
    #expect(try transform(nil) == .identity)
  }

  @Test func `sqrt after a regression squares the score`() throws {
    #expect(try transform("regression sqrt") == .signedSquare)
  }

  @Test(arguments: ["poisson", "gamma", "tweedie tweedie_variance_power:1.5"])
  func `objectives with a log link are exponential`(name: String) throws {
    #expect(try transform(name) == .exponential)
  }

  @Test func `probabilities take their slope from the file`() throws {
    #expect(try transform("binary sigmoid:1.7") == .logistic(slope: 1.7))
    #expect(try transform("multiclassova num_class:3 sigmoid:2", heads: 3) == .logistic(slope: 2))
  }

  @Test func `multiclass is a softmax over its heads`() throws {
    #expect(try transform("multiclass num_class:3", heads: 3) == .softmax)
  }

  @Test func `old names of cross entropy are understood`() throws {
    for name in ["cross_entropy", "xentropy"] {
      #expect(try transform(name) == .logistic(slope: 1))
    }
    for name in ["cross_entropy_lambda", "xentlambda"] {
      #expect(try transform(name) == .softplus)
    }
  }

  @Test(arguments: ["", "Binary sigmoid:1", "regresion"])
  func `an objective that is not known is refused with its line`(name: String) {
    #expect(
      throws: ModelError(
        line: 7, .unknownObjective(name.split(separator: " ").first.map { String($0) } ?? ""))
    ) {
      try transform(name)
    }
  }

  @Test(
    arguments: [
      "binary", "binary sigmoid:", "binary sigmoid:0", "binary sigmoid:-1", "binary sigmoid:inf",
      "binary sigmoid:nan", "binary sigmoid:0x1p3", "binary sigmoid",
    ])
  func `a slope that is not a positive number is refused`(objective: String) {
    let problem = ModelError.Problem.invalidObjectiveParameter(
      name: "sigmoid", objective: objective)
    #expect(throws: ModelError(line: 7, problem)) { try transform(objective) }
  }

  @Test(arguments: ["multiclass", "multiclass num_class:2", "multiclassova num_class:x sigmoid:1"])
  func `a class count other than the file's is refused`(objective: String) {
    let problem = ModelError.Problem.invalidObjectiveParameter(
      name: "num_class", objective: objective)
    #expect(throws: ModelError(line: 7, problem)) { try transform(objective, heads: 3) }
  }
}
