internal import Inference
internal import Testing

struct ModelTests {
  @Test func `a model says what it is`() throws {
    let model = try LightGBMParser.parse(
      Array(SampleModel.mixed.utf8), name: "taste", version: "7", schema: 42)
    #expect(model.reference == "taste/7")
    #expect(model.schema == 42)
    #expect(model.featureNames == ["distance", "cuisine", "price=level"])
    #expect(model.columnCount == 3)
    #expect(model.headCount == 1)
    #expect(model.treeCount == 2)
    #expect(model.objective.name == "lambdarank")
    #expect(!model.averagesOutput)
  }

  @Test func `float32 rows are scored as the doubles they are`() throws {
    let model = try SampleModel.load(SampleModel.mixed)
    let matrix: [Float] = [0.5, 2, 0, 0.5 + .ulpOfOne, 0, -1.5, .nan, 1, .leastNonzeroMagnitude]
    #expect(try model.score(matrix: matrix, columns: 3) == [1.25, 3.25, 2.25])
  }

  @Test func `a float32 row just above a double threshold goes right`() throws {
    let model = try SampleModel.load(SampleModel.stump(decision: 2, threshold: "0.1"))
    #expect(Double(Float(0.1)) > 0.1)
    #expect(try model.score(matrix: [0.1, Float(0.1).nextDown], columns: 1) == [1, -1])
  }

  @Test func `heads alternate over trees and stand together in a row`() throws {
    let text = SampleModel.constant([1, 10, 2, 20], objective: nil, heads: 2)
    #expect(try SampleModel.rawScores(text, [[0], [0]]) == [3, 30, 3, 30])
  }

  @Test func `sums start at zero and keep the order of the trees`() throws {
    let text = SampleModel.constant([1e16, 1, -1e16], objective: nil)
    #expect(try SampleModel.rawScores(text, [[0]]) == [0])
    let other = SampleModel.constant([1e16, -1e16, 1], objective: nil)
    #expect(try SampleModel.rawScores(other, [[0]]) == [1])
  }

  @Test func `a model says what it takes of the memory, and what its nodes ask for`() throws {
    let model = try SampleModel.load(SampleModel.mixed)
    // Three nodes and five leaves, and the tables that score them.
    #expect((500...50_000).contains(model.memoryBytes), "\(model.memoryBytes)")
    #expect((2_000...50_000).contains(model.scratchBytes), "\(model.scratchBytes)")
    #expect(
      model.columnSplits() == [
        ColumnSplits(thresholds: [0.5]), ColumnSplits(codes: [0, 2, 32]),
        ColumnSplits(thresholds: [-1.5]),
      ])
    #expect(model.leafCount == 5)
  }

  @Test func `no rows give no scores`() throws {
    let model = try SampleModel.load(SampleModel.mixed)
    #expect(try model.score(matrix: [], columns: 3).isEmpty)
  }

  @Test func `a wrong column count is refused with both numbers`() throws {
    let model = try SampleModel.load(SampleModel.mixed)
    let expected = ScoringError.wrongColumns(found: 2, expected: 3)
    #expect(throws: expected) { try model.score(matrix: [1, 2], columns: 2) }
    #expect(throws: expected) { try model.leaves(of: try RowMatrix([1.0, 2], columns: 2)) }
    #expect(expected.description == "the matrix has 2 columns, the model takes 3")
  }

  @Test func `more scores than an answer can carry are refused before memory is taken`() throws {
    let heads = 1_024
    let text = SampleModel.constant(
      Array(repeating: 0, count: heads), objective: nil, heads: heads)
    let model = try SampleModel.load(text)
    let rows = Model.scoresMax / heads + 1
    let expected = ScoringError.tooManyScores(count: rows * heads, limit: Model.scoresMax)
    #expect(throws: expected) {
      try model.score(matrix: Array(repeating: 0, count: rows), columns: 1)
    }
  }
}
