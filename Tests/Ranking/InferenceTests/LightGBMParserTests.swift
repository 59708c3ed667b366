internal import Inference
internal import Testing

struct LightGBMParserTests {
  private func expect(
    _ text: String, line: Int?, _ problem: ModelError.Problem, limits: ModelLimits = ModelLimits(),
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: ModelError(line: line, problem), sourceLocation: sourceLocation) {
      try LightGBMParser.parse(Array(text.utf8), limits: limits)
    }
  }

  @Test func `line ends of Windows change nothing`() throws {
    let rows: [[Double]] = [[0.5, 2, 0], [0.6, 0, -1]]
    let text = SampleModel.mixed.replacing("\n", with: "\r\n")
    #expect(try SampleModel.rawScores(text, rows) == [1.25, 4.25])
  }

  @Test func `what follows the trees is not read`() throws {
    let text = SampleModel.mixed + "\nparameters:\n[a]\nTree=9\n\u{0}\nversion=v9"
    #expect(try SampleModel.load(text).treeCount == 2)
  }

  @Test func `keys that scoring does not need may be missing or new`() throws {
    let text = SampleModel.mixed(replacing: "shrinkage=0.1", with: "invention=1 2 x")
      .replacing("tree_sizes=1 1\n", with: "")
    #expect(try SampleModel.load(text).treeCount == 2)
  }

  @Test(arguments: ["", "Tree\n", "tree2\n", "<html>\n", "\ntree\n", " tree\n"])
  func `a file that does not begin as a model is refused`(text: String) {
    expect(text, line: 1, .notAModel)
  }

  @Test func `a file that stops early is refused wherever it stops`() {
    let end = SampleModel.mixed.firstRange(of: "end of trees")!
    let complete = String(SampleModel.mixed[..<end.lowerBound])
    for length in 0..<complete.utf8.count {
      let bytes = Array(complete.utf8.prefix(length))
      #expect(throws: ModelError.self) { try LightGBMParser.parse(bytes) }
    }
    expect(complete, line: 42, .unexpectedEnd)
  }

  @Test func `a key that occurs twice is refused`() {
    let text = SampleModel.mixed(replacing: "num_cat=1\n", with: "num_cat=1\nnum_cat=1\n")
    expect(text, line: 15, .duplicate(key: "num_cat"))
  }

  @Test func `a line that is not of the format is refused`() {
    let header = SampleModel.mixed(replacing: "label_index=0", with: "average output")
    expect(header, line: 5, .unexpectedLine("average output"))
    let tree = SampleModel.mixed(replacing: "shrinkage=0.1", with: "average_output")
    expect(tree, line: 26, .unexpectedLine("average_output"))
  }

  @Test func `trees stand in order`() {
    let text = SampleModel.mixed(replacing: "Tree=1", with: "Tree=2")
    expect(text, line: 29, .treeOutOfOrder(found: "2", expected: 1))
    let word = SampleModel.mixed(replacing: "Tree=0", with: "Tree=")
    expect(word, line: 12, .treeOutOfOrder(found: "", expected: 0))
  }

  @Test func `a model has trees, and whole iterations of them`() {
    let none = SampleModel.constant([], objective: nil)
    expect(none, line: 9, .noTrees)
    let odd = SampleModel.constant([1, 2, 3], objective: nil, heads: 2)
    expect(odd, line: 24, .incompleteIteration(trees: 3, treesPerIteration: 2))
  }

  @Test func `limits are enforced by name`() {
    var limits = ModelLimits()
    limits.fileBytes = 100
    let bytes = SampleModel.mixed.utf8.count
    expect(
      SampleModel.mixed, line: nil, .tooLarge(what: "bytes", count: bytes, limit: 100),
      limits: limits)
    limits = ModelLimits()
    limits.trees = 1
    expect(
      SampleModel.mixed, line: 29, .tooLarge(what: "trees", count: 2, limit: 1), limits: limits)
    limits = ModelLimits()
    limits.leaves = 3
    expect(
      SampleModel.mixed, line: 13, .outOfRange(key: "num_leaves", value: 4, allowed: 1...3),
      limits: limits)
    limits = ModelLimits()
    limits.features = 2
    expect(
      SampleModel.mixed, line: 6, .outOfRange(key: "max_feature_idx", value: 2, allowed: 0...1),
      limits: limits)
    limits = ModelLimits()
    limits.sectionLines = 8
    expect(
      SampleModel.mixed, line: 10, .tooLarge(what: "lines in a section", count: 9, limit: 8),
      limits: limits)
    limits = ModelLimits()
    limits.heads = 2
    expect(
      SampleModel.constant([1, 2, 3], objective: nil, heads: 3), line: 3,
      .outOfRange(key: "num_class", value: 3, allowed: 1...2), limits: limits)
  }

  @Test func `an error says where and what`() {
    let error = ModelError(line: 17, .wrongCount(key: "threshold", found: 2, expected: 3))
    #expect(error.description == "line 17: threshold has 2 values, expected 3")
    let whole = ModelError(line: nil, .tooLarge(what: "bytes", count: 9, limit: 8))
    #expect(whole.description == "9 bytes, the limit is 8")
  }
}
