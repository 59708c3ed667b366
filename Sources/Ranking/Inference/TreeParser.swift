/// Builds one tree from the lines of its section, checking every length and index.
struct TreeParser {
  private let fields: ModelFields
  private let featureCount: Int
  private let leafCount: Int

  init(_ fields: ModelFields, featureCount: Int, limits: ModelLimits) throws(ModelError) {
    self.fields = fields
    self.featureCount = featureCount
    leafCount = try fields.integer("num_leaves", in: 1...limits.leaves)
  }

  func tree() throws(ModelError) -> Tree {
    let sets = try categorySets()
    return Tree(
      nodes: try nodes(sets), leafValues: try fields.numbers("leaf_value", count: leafCount),
      categoryWords: sets.words, linear: try linearLeaves())
  }

  // MARK: Nodes

  private func nodes(_ sets: CategorySets) throws(ModelError) -> [Tree.Node] {
    let count = leafCount - 1
    // A single leaf has no nodes, and files differ in whether they keep the empty lines.
    guard count > 0 else { return [] }
    let features = try fields.integers("split_feature", count: count, in: 0...(featureCount - 1))
    let thresholds = try fields.numbers("threshold", count: count)
    let decisions = try decisionTypes(count: count)
    let children = -leafCount...(count - 1)
    let left = try fields.integers("left_child", count: count, in: children)
    let right = try fields.integers("right_child", count: count, in: children)
    try checkShape(left, right)
    var nodes: [Tree.Node] = []
    nodes.reserveCapacity(count)
    for node in 0..<count {
      nodes.append(
        Tree.Node(
          split: try split(decisions[node], threshold: thresholds[node], sets),
          feature: Int32(features[node]), left: Int32(left[node]), right: Int32(right[node])))
    }
    return nodes
  }

  private func decisionTypes(count: Int) throws(ModelError) -> [Int] {
    guard fields.contains("decision_type") else { return Array(repeating: 0, count: count) }
    return try fields.integers("decision_type", count: count, in: -128...127)
  }

  /// decision_type: bit 0 categorical, bit 1 default left, bits 2 and 3 the missing type.
  private func split(
    _ decision: Int, threshold: Double, _ sets: CategorySets
  ) throws(ModelError) -> Split {
    guard (0...15).contains(decision),
      let missing = Split.MissingValue(rawValue: UInt8(decision) >> 2)
    else {
      throw ModelError(line: fields.line(of: "decision_type"), .invalidDecisionType(decision))
    }
    guard decision & 1 == 1 else {
      return .numeric(threshold: threshold, missing: missing, defaultLeft: decision & 2 != 0)
    }
    guard let set = Int(exactly: threshold), sets.ranges.indices.contains(set) else {
      throw ModelError(
        line: fields.line(of: "threshold"),
        .categorySetOutOfRange(threshold: threshold, sets: sets.ranges.count))
    }
    return .categorical(words: sets.ranges[set], nanInSet: false)
  }

  /// Walks from the root: a child met twice would make a cycle or a shared branch, and scoring a
  /// cycle would never end.
  private func checkShape(_ left: [Int], _ right: [Int]) throws(ModelError) {
    var isNodeReached = Array(repeating: false, count: left.count)
    var isLeafReached = Array(repeating: false, count: leafCount)
    var pending = [0]
    isNodeReached[0] = true
    while let node = pending.popLast() {
      for child in [left[node], right[node]] {
        guard child < 0 ? !isLeafReached[~child] : !isNodeReached[child] else {
          throw ModelError(line: fields.line(of: "left_child"), .childReachedTwice(child))
        }
        if child < 0 {
          isLeafReached[~child] = true
        } else {
          isNodeReached[child] = true
          pending.append(child)
        }
      }
    }
    // The children of all nodes are as many as nodes and leaves below the root, so a leaf that is
    // not reached always comes with a node that is not.
    if let node = isNodeReached.firstIndex(of: false) {
      throw ModelError(line: fields.line(of: "left_child"), .nodeUnreachable(node))
    }
  }

  // MARK: Category sets

  private struct CategorySets {
    var ranges: [Range<Int32>] = []
    var words: [UInt32] = []
  }

  private func categorySets() throws(ModelError) -> CategorySets {
    let count = try fields.integer("num_cat", in: 0...max(leafCount - 1, 0))
    guard count > 0 else { return CategorySets() }
    let boundaries = try fields.integers(
      "cat_boundaries", count: count + 1, in: 0...Int(Int32.max))
    let words = try fields.integers("cat_threshold", count: nil, in: 0...Int(UInt32.max))
    guard zip(boundaries, boundaries.dropFirst()).allSatisfy({ $0 <= $1 }),
      boundaries[count] <= words.count
    else {
      throw ModelError(line: fields.line(of: "cat_boundaries"), .invalidCategoryBoundaries)
    }
    return CategorySets(
      ranges: (0..<count).map { Int32(boundaries[$0])..<Int32(boundaries[$0 + 1]) },
      words: words.map(UInt32.init))
  }

  // MARK: Linear leaves

  private func linearLeaves() throws(ModelError) -> LinearLeaves? {
    guard fields.contains("is_linear"), try fields.integer("is_linear", in: 0...1) == 1 else {
      return nil
    }
    let counts = try fields.integers("num_features", count: leafCount, in: 0...featureCount)
    var starts = [0]
    for (leaf, count) in counts.enumerated() { starts.append(starts[leaf] + count) }
    let termCount = starts[leafCount]
    return LinearLeaves(
      constants: try fields.numbers("leaf_const", count: leafCount, allowingNaN: true),
      starts: starts,
      features: try fields.integers(
        "leaf_features", count: termCount, in: 0...(featureCount - 1)),
      coefficients: try fields.numbers("leaf_coeff", count: termCount, allowingNaN: true))
  }
}
