internal import Inference
internal import Testing

struct OutputTransformTests {
  private func scores(_ raw: [Double], _ objective: String, averaging: Bool = false) throws
    -> [Double]
  {
    let isMulticlass = objective.contains("num_class")
    return try SampleModel.scores(
      SampleModel.constant(
        raw, objective: objective, heads: isMulticlass ? raw.count : 1, averaging: averaging))
  }

  private func isClose(_ value: Double, _ expected: Double) -> Bool {
    abs(value - expected) <= 1e-15 * max(abs(expected), 1)
  }

  @Test func `the identity keeps the sum`() throws {
    #expect(try scores([0.5, 0.25], "lambdarank") == [0.75])
  }

  @Test func `a square keeps its sign`() throws {
    #expect(try scores([-3], "regression sqrt") == [-9])
    #expect(try scores([3], "regression sqrt") == [9])
  }

  @Test func `exponential, softplus and logistic have their textbook values`() throws {
    #expect(isClose(try scores([1], "poisson")[0], 2.718281828459045))
    #expect(isClose(try scores([0], "cross_entropy_lambda")[0], 0.6931471805599453))
    #expect(isClose(try scores([1], "binary sigmoid:2")[0], 0.8807970779778823))
    #expect(try scores([0], "cross_entropy") == [0.5])
  }

  @Test func `a logistic saturates without NaN`() throws {
    #expect(try scores([1e308], "binary sigmoid:1") == [1])
    #expect(try scores([-1e308], "binary sigmoid:1") == [0])
  }

  @Test func `softmax sums to one and survives large scores`() throws {
    #expect(
      try scores([1000, 1000, 1000, 1000], "multiclass num_class:4") == [0.25, 0.25, 0.25, 0.25])
    let probabilities = try scores([0, 1, 2], "multiclass num_class:3")
    #expect(isClose(probabilities[0], 0.09003057317038046))
    #expect(isClose(probabilities[1], 0.24472847105479764))
    #expect(isClose(probabilities[2], 0.6652409557748218))
  }

  @Test func `one-versus-all heads are not normalised`() throws {
    #expect(try scores([0, 0, 0], "multiclassova num_class:3 sigmoid:1") == [0.5, 0.5, 0.5])
  }

  @Test func `averages come before the transform and leave raw scores alone`() throws {
    let text = SampleModel.constant([1, 3], objective: "regression sqrt", averaging: true)
    #expect(try SampleModel.scores(text) == [4])
    #expect(try SampleModel.rawScores(text, [[0]]) == [4])
    let three = SampleModel.constant([1, 3, 5], objective: "regression", averaging: true)
    #expect(try SampleModel.scores(three) == [3])
    #expect(try SampleModel.rawScores(three, [[0]]) == [9])
  }

  @Test func `averages divide by iterations, not by trees`() throws {
    let text = SampleModel.constant(
      [1, 10, 3, 30], objective: nil, heads: 2, averaging: true)
    #expect(try SampleModel.scores(text) == [2, 20])
  }
}
