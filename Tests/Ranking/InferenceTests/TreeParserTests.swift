internal import Inference
internal import Testing

struct TreeParserTests {
  private func expect(
    replacing old: String, with new: String, line: Int, _ problem: ModelError.Problem,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: ModelError(line: line, problem), sourceLocation: sourceLocation) {
      try SampleModel.load(SampleModel.mixed(replacing: old, with: new))
    }
  }

  @Test(
    arguments: [
      "num_leaves=4", "num_cat=1", "split_feature=0 1 2", "threshold=0.5 0 -1.5",
      "left_child=1 -1 -3", "right_child=2 -2 -4", "leaf_value=1 2 3 4", "cat_boundaries=0 2",
      "cat_threshold=5 1",
    ])
  func `a line that scoring needs is asked for by name`(line: String) {
    let key = String(line.prefix { $0 != "=" })
    expect(replacing: line + "\n", with: "", line: 25, .missing(key: key))
  }

  @Test(
    arguments: [
      ("split_feature=0 1 2", 15), ("threshold=0.5 0 -1.5", 17), ("decision_type=10 1 4", 18),
      ("left_child=1 -1 -3", 19), ("right_child=2 -2 -4", 20),
    ])
  func `an array has one value a node`(text: String, line: Int) {
    let key = String(text.prefix { $0 != "=" })
    let (shorter, longer) = (String(text[..<text.lastIndex(of: " ")!]), text + " 0")
    expect(
      replacing: text, with: shorter, line: line, .wrongCount(key: key, found: 2, expected: 3))
    expect(
      replacing: text, with: longer, line: line, .wrongCount(key: key, found: 4, expected: 3))
  }

  @Test func `there is one value a leaf, and none is NaN`() {
    expect(
      replacing: "leaf_value=1 2 3 4", with: "leaf_value=1 2 3", line: 21,
      .wrongCount(key: "leaf_value", found: 3, expected: 4))
    expect(
      replacing: "leaf_value=1 2 3 4", with: "leaf_value=1 2 3 nan", line: 21,
      .notANumber(key: "leaf_value", text: "nan"))
  }

  @Test(arguments: ["nan", "0x1p3", "0,5", "1e"])
  func `a threshold is a number`(text: String) {
    expect(
      replacing: "threshold=0.5", with: "threshold=\(text)", line: 17,
      .notANumber(key: "threshold", text: text))
  }

  @Test(arguments: [-1, 3, Int.max])
  func `a split names a column of the model`(feature: Int) {
    expect(
      replacing: "split_feature=0", with: "split_feature=\(feature)", line: 15,
      .outOfRange(key: "split_feature", value: feature, allowed: 0...2))
  }

  @Test(arguments: [3, -5, Int.min])
  func `a child is a node or a leaf of the tree`(child: Int) {
    expect(
      replacing: "left_child=1", with: "left_child=\(child)", line: 19,
      .outOfRange(key: "left_child", value: child, allowed: -4...2))
  }

  @Test func `a cycle or a shared branch is refused`() {
    expect(replacing: "left_child=1", with: "left_child=0", line: 19, .childReachedTwice(0))
    expect(replacing: "left_child=1", with: "left_child=2", line: 19, .childReachedTwice(2))
    expect(
      replacing: "right_child=2 -2 -4", with: "right_child=2 -2 -3", line: 19,
      .childReachedTwice(-3))
  }

  @Test func `a node apart from the root is refused`() {
    let text = SampleModel.mixed(replacing: "left_child=1 -1 -3", with: "left_child=-1 2 1")
      .replacing("right_child=2 -2 -4", with: "right_child=-2 -3 -4", maxReplacements: 1)
    #expect(throws: ModelError(line: 19, .nodeUnreachable(1))) { try SampleModel.load(text) }
  }

  @Test func `without decision types every node is numeric`() throws {
    let text = SampleModel.stump(decision: 0, threshold: "0")
      .replacing("decision_type=0\n", with: "")
    #expect(try SampleModel.rawScores(text, [[-1], [.nan], [1]]) == [-1, -1, 1])
  }

  @Test(arguments: [12, 14, 16, -1, 127])
  func `a decision type with unknown bits is refused`(value: Int) {
    expect(
      replacing: "decision_type=10", with: "decision_type=\(value)", line: 18,
      .invalidDecisionType(value))
  }

  @Test(arguments: [1, -1, 0.5, 1e300, .infinity])
  func `a categorical node names a set of the tree`(set: Double) {
    expect(
      replacing: "threshold=0.5 0", with: "threshold=0.5 \(set)", line: 17,
      .categorySetOutOfRange(threshold: set, sets: 1))
  }

  @Test(arguments: ["0 3", "2 0", "0 2147483647"])
  func `category boundaries rise inside the words`(boundaries: String) {
    expect(
      replacing: "cat_boundaries=0 2", with: "cat_boundaries=\(boundaries)", line: 23,
      .invalidCategoryBoundaries)
  }

  @Test func `category words are 32 bits`() {
    expect(
      replacing: "cat_threshold=5 1", with: "cat_threshold=5 4294967296", line: 24,
      .outOfRange(key: "cat_threshold", value: 4_294_967_296, allowed: 0...4_294_967_295))
  }

  @Test func `there are no more category sets than nodes`() {
    expect(
      replacing: "num_cat=1", with: "num_cat=4", line: 14,
      .outOfRange(key: "num_cat", value: 4, allowed: 0...3))
  }
}
