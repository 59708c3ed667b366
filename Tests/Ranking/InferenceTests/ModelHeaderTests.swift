internal import Inference
internal import Testing

struct ModelHeaderTests {
  private func expect(
    replacing old: String, with new: String, line: Int, _ problem: ModelError.Problem,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: ModelError(line: line, problem), sourceLocation: sourceLocation) {
      try SampleModel.load(SampleModel.mixed(replacing: old, with: new))
    }
  }

  @Test(arguments: ["v2", "v3", "v4"])
  func `versions two to four are read`(version: String) throws {
    let text = SampleModel.mixed(replacing: "version=v4", with: "version=\(version)")
    #expect(try SampleModel.load(text).treeCount == 2)
  }

  @Test(arguments: ["v1", "v5", "4", ""])
  func `another version is refused`(version: String) {
    expect(
      replacing: "version=v4", with: "version=\(version)", line: 2, .unsupportedVersion(version))
  }

  @Test(
    arguments: [
      "version=v4", "num_class=1", "num_tree_per_iteration=1", "max_feature_idx=2",
      "feature_names=distance cuisine price=level",
    ])
  func `a key that scoring needs is asked for by name`(line: String) {
    let key = String(line.prefix { $0 != "=" })
    expect(replacing: line + "\n", with: "", line: 9, .missing(key: key))
  }

  @Test func `there are as many names as columns`() {
    expect(
      replacing: "cuisine ", with: "", line: 8,
      .wrongCount(key: "feature_names", found: 2, expected: 3))
    expect(
      replacing: "max_feature_idx=2", with: "max_feature_idx=1", line: 8,
      .wrongCount(key: "feature_names", found: 3, expected: 2))
  }

  @Test func `each class has its tree in an iteration`() {
    expect(
      replacing: "num_tree_per_iteration=1", with: "num_tree_per_iteration=2", line: 4,
      .outOfRange(key: "num_tree_per_iteration", value: 2, allowed: 1...1))
  }

  @Test(arguments: ["", "x", "1.5", "99999999999999999999", "1 2"])
  func `a count is an integer`(text: String) {
    expect(
      replacing: "max_feature_idx=2", with: "max_feature_idx=\(text)", line: 6,
      .notANumber(key: "max_feature_idx", text: text))
  }

  @Test(arguments: [-1, 65_536, Int.max, Int.min])
  func `a model has columns, and not too many`(value: Int) {
    expect(
      replacing: "max_feature_idx=2", with: "max_feature_idx=\(value)", line: 6,
      .outOfRange(key: "max_feature_idx", value: value, allowed: 0...65_535))
  }
}
