internal import Commands
internal import Inference
internal import Testing

struct ScoreCommandTests {
  /// Two heads over two columns: head 0 is 1 left of 0.5 in column 0 and 2 right of it (NaN goes
  /// left); head 1 is a tenth.
  private static let model = """
    tree
    version=v4
    num_class=2
    num_tree_per_iteration=2
    max_feature_idx=1
    objective=multiclassova num_class:2 sigmoid:1
    feature_names=a b

    Tree=0
    num_leaves=2
    num_cat=0
    split_feature=0
    threshold=0.5
    decision_type=10
    left_child=-1
    right_child=-2
    leaf_value=0 2

    Tree=1
    num_leaves=1
    num_cat=0
    leaf_value=0.1

    end of trees
    """

  private func output(
    _ input: String, model: String = Self.model, raw: Bool = true
  ) throws(ScoreError) -> [String] {
    var lines: [String] = []
    try ScoreCommand.run(model: Array(model.utf8), input: Array(input.utf8), raw: raw) {
      lines.append($0)
    }
    return lines
  }

  @Test func `each row becomes a line of scores, one column a head`() throws {
    #expect(try output("0.5,1\n0.6,1\n") == ["0.0,0.1\n", "2.0,0.1\n"])
  }

  @Test func `without raw the scores are the objective's`() throws {
    let lines = try output("0,0", raw: false)
    #expect(lines == ["0.5,0.52497918747894\n"])
  }

  @Test func `digits parse to the same double`() throws {
    let value = 0.1 + 0.2
    let model = Self.model.replacing("leaf_value=0.1", with: "leaf_value=\(value)")
    let line = try output("0,0", model: model)[0]
    #expect(Double(line.dropFirst(4).dropLast()) == value)
  }

  @Test func `missing and infinite values are accepted in any case`() throws {
    let rows = ["nan,0", "NaN,0", ",0", " ,", "-INF,0", "-infinity,\t0 "]
    #expect(try output(rows.joined(separator: "\n")) == Array(repeating: "0.0,0.1\n", count: 6))
    #expect(try output("inf,0\r\n+Inf,0\r\n") == ["2.0,0.1\n", "2.0,0.1\n"])
  }

  @Test func `infinite and undefined scores are printed as words`() throws {
    let model = Self.model
      .replacing("leaf_value=0 2", with: "leaf_value=-inf inf")
      .replacing("multiclassova num_class:2 sigmoid:1", with: "multiclass num_class:2")
    #expect(try output("0,0\n1,0", model: model) == ["-inf,0.1\n", "inf,0.1\n"])
    #expect(try output("1,0", model: model, raw: false) == ["nan,nan\n"])
  }

  @Test func `an empty input gives no line`() throws {
    #expect(try output("") == [])
  }

  @Test(arguments: [255, 256, 257, 1000])
  func `every row is scored once, whatever the batches`(count: Int) throws {
    let input = (0..<count).map { "\($0 % 2),0\n" }.joined()
    let expected = (0..<count).map { $0 % 2 == 0 ? "0.0,0.1\n" : "2.0,0.1\n" }
    #expect(try output(input) == expected)
  }

  @Test func `a row of another length is refused with its line`() {
    #expect(throws: ScoreError.wrongColumns(line: 2, found: 3, expected: 2)) {
      try output("1,2\n1,2,3\n")
    }
    #expect(throws: ScoreError.wrongColumns(line: 1, found: 1, expected: 2)) { try output("1\n") }
    #expect(throws: ScoreError.wrongColumns(line: 2, found: 1, expected: 2)) {
      try output("1,2\n\n1,2\n")
    }
  }

  @Test(arguments: ["x", "\"1\"", "0x10", "1;2", "1 2"])
  func `a field that is not a number is refused with line and column`(field: String) {
    let expected = ScoreError.notANumber(line: 2, column: 2, text: field)
    #expect(throws: expected) { try output("1,2\n1,\(field)\n") }
    #expect(expected.description == "input: line 2, column 2: '\(field)' is not a number")
  }

  @Test func `rows before a bad one in an earlier batch are written`() {
    var lines: [String] = []
    let input = String(repeating: "0,0\n", count: 256) + "bad,0\n"
    #expect(throws: ScoreError.notANumber(line: 257, column: 1, text: "bad")) {
      try ScoreCommand.run(model: Array(Self.model.utf8), input: Array(input.utf8), raw: true) {
        lines.append($0)
      }
    }
    #expect(lines.count == 256)
  }

  @Test func `a bad model is refused with its line`() {
    let error = ModelError(line: 1, .notAModel)
    #expect(throws: ScoreError.model(error)) { try output("1,2", model: "no model") }
    #expect(ScoreError.model(error).description.hasPrefix("model: line 1: "))
  }
}
