internal import Inference

/// Small models written by hand, whose scores can be worked out by reading them.
enum SampleModel {
  /// Three columns. Node 0: column 0, NaN goes left; node 1: column 1 in {0, 2, 32}; node 2:
  /// column 2, zero goes right. A second tree of one leaf adds a quarter.
  static let mixed = """
    tree
    version=v4
    num_class=1
    num_tree_per_iteration=1
    label_index=0
    max_feature_idx=2
    objective=lambdarank
    feature_names=distance cuisine price=level
    feature_infos=[0:1] 0:2:32 [-9:9]
    tree_sizes=1 1

    Tree=0
    num_leaves=4
    num_cat=1
    split_feature=0 1 2
    split_gain=3 2 1
    threshold=0.5 0 -1.5
    decision_type=10 1 4
    left_child=1 -1 -3
    right_child=2 -2 -4
    leaf_value=1 2 3 4
    leaf_weight=1 1 1 1
    cat_boundaries=0 2
    cat_threshold=5 1
    is_linear=0
    shrinkage=0.1


    Tree=1
    num_leaves=1
    num_cat=0
    split_feature=
    threshold=
    decision_type=
    left_child=
    right_child=
    leaf_value=0.25
    leaf_weight=
    is_linear=0
    shrinkage=1


    end of trees

    feature_importances:
    distance=1
    """

  static func mixed(replacing old: String, with new: String) -> String {
    precondition(mixed.contains(old), "the sample has no '\(old)' to replace")
    return mixed.replacing(old, with: new, maxReplacements: 1)
  }

  /// One column, one node: -1 to the left, 1 to the right.
  static func stump(decision: Int, threshold: String, categories: [UInt32] = []) -> String {
    let isCategorical = !categories.isEmpty
    let words = categories.map { "\($0)" }.joined(separator: " ")
    let setLines = "cat_boundaries=0 \(categories.count)\ncat_threshold=\(words)"
    return """
      \(header(columns: 1, objective: "regression"))
      Tree=0
      num_leaves=2
      num_cat=\(isCategorical ? 1 : 0)
      split_feature=0
      threshold=\(threshold)
      decision_type=\(decision)
      left_child=-1
      right_child=-2
      leaf_value=-1 1
      \(isCategorical ? setLines : "shrinkage=1")

      end of trees
      """
  }

  /// One column that no tree looks at: each tree is a single leaf.
  static func constant(
    _ values: [Double], objective: String?, heads: Int = 1, averaging: Bool = false
  ) -> String {
    let trees = values.enumerated().map { index, value in
      "Tree=\(index)\nnum_leaves=1\nnum_cat=0\nleaf_value=\(value)\n\n"
    }
    let top = header(columns: 1, objective: objective, heads: heads)
    return top + (averaging ? "\naverage_output\n\n" : "\n\n") + trees.joined() + "end of trees\n"
  }

  static func header(columns: Int, objective: String?, heads: Int = 1) -> String {
    let names = (0..<columns).map { "c\($0)" }.joined(separator: " ")
    return """
      tree
      version=v4
      num_class=\(heads)
      num_tree_per_iteration=\(heads)
      max_feature_idx=\(columns - 1)
      feature_names=\(names)
      \(objective.map { "objective=\($0)" } ?? "label_index=0")
      """
  }

  static func load(
    _ text: String, name: String = "sample", version: String = "1"
  ) throws(ModelError) -> Model {
    try LightGBMParser.parse(Array(text.utf8), name: name, version: version)
  }

  /// Raw scores of rows, all in one call.
  static func rawScores(_ text: String, _ rows: [[Double]]) throws -> [Double] {
    let matrix = try RowMatrix(rows.flatMap { $0 }, columns: rows[0].count)
    return try load(text).rawScores(of: matrix)
  }

  /// Transformed scores of one row of a model that takes one column.
  static func scores(_ text: String) throws -> [Double] {
    try load(text).scores(of: try RowMatrix([0.0], columns: 1))
  }
}
