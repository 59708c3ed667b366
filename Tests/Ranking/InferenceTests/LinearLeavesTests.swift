internal import Inference
internal import Testing

struct LinearLeavesTests {
  /// Left leaf: 10 + 2·c1 − 0.5·c0; right leaf: the constant 20.
  static let text = """
    \(SampleModel.header(columns: 2, objective: "regression"))
    Tree=0
    num_leaves=2
    num_cat=0
    split_feature=0
    threshold=0
    decision_type=2
    left_child=-1
    right_child=-2
    leaf_value=-7 -8
    is_linear=1
    leaf_const=10 20
    num_features=2 0
    leaf_features=1 0\u{20}\u{20}
    leaf_coeff=2 -0.5\u{20}\u{20}
    shrinkage=1

    end of trees
    """

  @Test func `a leaf adds its constant and its terms`() throws {
    #expect(try SampleModel.rawScores(Self.text, [[-4, 3], [1, 3]]) == [18, 20])
  }

  @Test func `NaN in a feature of the leaf falls back to the leaf's value`() throws {
    #expect(try SampleModel.rawScores(Self.text, [[-4, .nan], [.nan, 3]]) == [-7, -7])
    #expect(try SampleModel.rawScores(Self.text, [[1, .nan]]) == [20])
  }

  @Test func `an infinite feature gives an infinite or undefined score`() throws {
    #expect(try SampleModel.rawScores(Self.text, [[-4, .infinity]]) == [.infinity])
    #expect(try SampleModel.rawScores(Self.text, [[-.infinity, -.infinity]])[0].isNaN)
  }

  @Test func `a tree of one leaf may be linear`() throws {
    let text = """
      \(SampleModel.header(columns: 2, objective: nil))
      Tree=0
      num_leaves=1
      num_cat=0
      leaf_value=-7
      is_linear=1
      leaf_const=1
      num_features=1
      leaf_features=1
      leaf_coeff=3
      end of trees
      """
    #expect(try SampleModel.rawScores(text, [[0, 2], [0, .nan]]) == [7, -7])
  }

  @Test func `terms must be as many as announced and name known columns`() {
    let short = Self.text.replacing("leaf_coeff=2 -0.5", with: "leaf_coeff=2")
    #expect(throws: ModelError(line: 21, .wrongCount(key: "leaf_coeff", found: 1, expected: 2))) {
      try SampleModel.load(short)
    }
    let unknown = Self.text.replacing("leaf_features=1 0", with: "leaf_features=1 2")
    #expect(
      throws: ModelError(line: 20, .outOfRange(key: "leaf_features", value: 2, allowed: 0...1))
    ) {
      try SampleModel.load(unknown)
    }
    let many = Self.text.replacing("num_features=2 0", with: "num_features=3 0")
    #expect(
      throws: ModelError(line: 19, .outOfRange(key: "num_features", value: 3, allowed: 0...2))
    ) {
      try SampleModel.load(many)
    }
  }
}
