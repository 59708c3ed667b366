internal import Inference

extension FuzzTarget {
  private static var limits: ModelLimits {
    var limits = ModelLimits()
    limits.trees = 64
    limits.leaves = 256
    limits.features = 64
    limits.heads = 8
    return limits
  }

  /// Models that are taken score every row there can be, each tree ending in a leaf of its own.
  static let model = FuzzTarget(
    "lightgbm-model",
    dictionary: [
      "num_cat=1", "cat_boundaries=0 1", "cat_threshold=1", "is_linear=1", "leaf_const=0 0",
      "num_features=1 1", "leaf_features=0 0", "leaf_coeff=1 1", "objective=binary sigmoid:1",
      "average_output", "decision_type=9", "Tree=1\n", "end of trees\n", "nan", "inf",
      "-2147483648",
    ]
  ) {
    [stump(objective: "lambdarank"), stump(objective: "binary sigmoid:1"), constant, categorical]
      .map { Array($0) }
  } read: { bytes in
    try scores(bytes) { try LightGBMParser.parse($0, limits: limits) }
  }

  static let xgboost = FuzzTarget(
    "xgboost-model",
    dictionary: [
      "\"weight_drop\":[1],", "\"num_class\":\"2\"", "\"split_type\":[1,0,0]", "\"categories\":[1]",
      "\"categories_nodes\":[0]", "\"categories_segments\":[0]", "\"categories_sizes\":[1]",
      "binary:logistic", "multi:softprob", "rank:ndcg", "2147483647", "-1", "1e39", "NaN",
    ]
  ) {
    [boosted(split: 0), boosted(split: 1)].map { Array($0) }
  } read: { bytes in
    try scores(bytes) { try XGBoostParser.parse($0, limits: limits) }
  }

  /// What both formats promise.
  private static func scores(
    _ bytes: [UInt8], _ parse: ([UInt8]) throws -> Model
  ) throws -> Outcome {
    guard let model = try? parse(bytes) else { return .refused }
    try promise(model.columnCount <= limits.features, "\(model.columnCount) columns")
    let values: [Double] = [0, -1, 1, 0.5, 32, 1e300, .nan, .infinity, -.infinity]
    let cells = values.flatMap { Array(repeating: $0, count: model.columnCount) }
    let rows = try RowMatrix(cells, columns: model.columnCount)
    let scores = try model.scores(of: rows)
    try promise(scores.count == values.count * model.headCount, "\(scores.count) scores")
    let leaves = try model.leaves(of: rows)
    try promise(leaves.allSatisfy { (0..<limits.leaves).contains($0) }, "leaves \(leaves)")
    return .accepted
  }

  /// - Parameter split: 0 for a number, 1 for categories.
  private static func boosted(split: Int) -> String {
    let sets = split == 0 ? ["", "", "", ""] : ["1", "0", "0", "1"]
    return """
      {"learner":{"attributes":{},"feature_names":[],"feature_types":[],"gradient_booster":{"model":\
      {"gbtree_model_param":{"num_parallel_tree":"1","num_trees":"1"},"tree_info":[0],"trees":[{\
      "base_weights":[0,-0.5,0.5],"categories":[\(sets[0])],"categories_nodes":[\(sets[1])],\
      "categories_segments":[\(sets[2])],"categories_sizes":[\(sets[3])],"default_left":[1,0,0],"id":0,\
      "left_children":[1,-1,-1],"loss_changes":[1,0,0],"parents":[2147483647,0,0],\
      "right_children":[2,-1,-1],"split_conditions":[0.5,-0.5,0.5],"split_indices":[0,0,0],\
      "split_type":[\(split),0,0],"sum_hessian":[2,1,1],"tree_param":{"num_deleted":"0",\
      "num_feature":"1","num_nodes":"3","size_leaf_vector":"1"}}]},"name":"gbtree"},\
      "learner_model_param":{"base_score":"5E-1","boost_from_average":"0","num_class":"0",\
      "num_feature":"1","num_target":"1"},"objective":{"name":"reg:squarederror",\
      "reg_loss_param":{"scale_pos_weight":"1"}}},"version":[3,2,0]}
      """
  }

  private static func head(features: Int, objective: String) -> String {
    let names = (0..<features).map { "f\($0)" }.joined(separator: " ")
    return "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\n"
      + "max_feature_idx=\(features - 1)\nobjective=\(objective)\nfeature_names=\(names)\n\n"
  }

  private static func stump(objective: String) -> String {
    head(features: 2, objective: objective)
      + "Tree=0\nnum_leaves=3\nnum_cat=0\nsplit_feature=0 1\nthreshold=0.5 1.5\ndecision_type=10 2\n"
      + "left_child=1 -1\nright_child=-3 -2\nleaf_value=0.5 -0.5 1\nshrinkage=1\n\nend of trees\n"
  }

  private static var constant: String {
    head(features: 1, objective: "regression")
      + "Tree=0\nnum_leaves=1\nnum_cat=0\nleaf_value=0.25\nshrinkage=1\n\nend of trees\n"
  }

  private static var categorical: String {
    head(features: 1, objective: "binary sigmoid:1")
      + "Tree=0\nnum_leaves=2\nnum_cat=1\nsplit_feature=0\nthreshold=0\ndecision_type=1\n"
      + "left_child=-1\nright_child=-2\ncat_boundaries=0 1\ncat_threshold=5\nleaf_value=0.5 -0.5\n"
      + "shrinkage=1\n\nend of trees\n"
  }
}
