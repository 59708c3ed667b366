/// Builds one tree of an XGBoost model, checking every length and index.
struct XGBoostTreeParser {
  private let field: XGBoostField
  private let featureCount: Int
  private let nodeCount: Int
  private let left: [Int]
  private let right: [Int]
  private let conditions: [Float]
  /// What the leaves are multiplied with (dart).
  private let weight: Float

  init(
    _ field: XGBoostField, featureCount: Int, weight: Float, limits: ModelLimits
  ) throws(ModelError) {
    self.field = field
    self.featureCount = featureCount
    self.weight = weight
    let parameters = try field.member("tree_param")
    nodeCount = try parameters.member("num_nodes").textInteger(in: 1...(2 * limits.leaves - 1))
    if let size = parameters.optional("size_leaf_vector") { _ = try size.textInteger(in: 0...1) }
    let children = -1...(nodeCount - 1)
    left = try field.member("left_children").integers(count: nodeCount, in: children)
    right = try field.member("right_children").integers(count: nodeCount, in: children)
    conditions = try field.member("split_conditions").numbers(count: nodeCount)
  }

  func tree() throws(ModelError) -> Tree {
    let features = try field.member("split_indices")
      .integers(count: nodeCount, in: 0...(featureCount - 1))
    let defaults = try field.member("default_left").integers(count: nodeCount, in: 0...1)
    let types =
      try field.optional("split_type")?.integers(count: nodeCount, in: 0...1)
      ?? Array(repeating: 0, count: nodeCount)
    let numbers = try numbers()
    var sets: [Int: Range<Int32>] = [:]
    guard let words = try categoryLists().words(&sets) else {
      throw field.unfit("has sets of categories past the last, or too many")
    }
    var nodes: [Tree.Node] = []
    var leaves: [Double] = []
    for (node, number) in numbers.enumerated() {
      guard let number else { continue }
      guard number >= 0, let leftNumber = numbers[left[node]],
        let rightNumber = numbers[right[node]]
      else {
        leaves.append(Double(conditions[node] * weight))
        continue
      }
      let isDefaultLeft = defaults[node] == 1
      if types[node] == 0 {
        // Less than a number is at most the float before it.
        let split = Split.numeric(
          threshold: Double(conditions[node].nextDown), missing: .nan, defaultLeft: isDefaultLeft)
        nodes.append(
          Tree.Node(
            split: split, feature: Int32(features[node]), left: leftNumber, right: rightNumber))
      } else {
        guard let set = sets[node] else {
          throw field.unfit("has no categories for node \(node)")
        }
        // Codes of the set go right in XGBoost, and left here.
        nodes.append(
          Tree.Node(
            split: .categorical(words: set, nanInSet: !isDefaultLeft),
            feature: Int32(features[node]), left: rightNumber, right: leftNumber))
      }
    }
    return Tree(nodes: nodes, leafValues: leaves, categoryWords: words, linear: nil)
  }

  // MARK: Shape

  /// Nodes and, as `~leaf`, leaves counted apart, in the file's order; nil for what is not reached:
  /// pruning leaves deleted nodes behind. A child met twice would make a cycle.
  private func numbers() throws(ModelError) -> [Int32?] {
    var isReached = Array(repeating: false, count: nodeCount)
    var pending = [0]
    isReached[0] = true
    while let node = pending.popLast() {
      guard (left[node] < 0) == (right[node] < 0) else {
        throw field.unfit("has one child of node \(node), not two")
      }
      guard left[node] >= 0 else { continue }
      for child in [left[node], right[node]] {
        guard !isReached[child] else { throw field.unfit("reaches node \(child) twice") }
        isReached[child] = true
        pending.append(child)
      }
    }
    var (nodes, leaves): (Int32, Int32) = (0, 0)
    return (0..<nodeCount).map { node in
      guard isReached[node] else { return nil }
      if left[node] < 0 {
        defer { leaves += 1 }
        return ~leaves
      }
      defer { nodes += 1 }
      return nodes
    }
  }

  // MARK: Category sets

  /// Larger codes than any trained model has would take memory that the file does not account for.
  private static let codeMax = 1 << 20
  /// Words of all sets of a tree, for the same reason.
  private static let wordsMax = 1 << 24

  /// Codes of the sets of a tree, one set after the other.
  private struct CategoryLists {
    var nodes: [Int] = []
    var codes: [Int] = []
    var starts: [Int] = []
    var sizes: [Int] = []

    /// The words of each node's set; nil where one ends past the last code, or they are too many.
    func words(_ ranges: inout [Int: Range<Int32>]) -> [UInt32]? {
      var words: [UInt32] = []
      for (index, node) in nodes.enumerated() {
        let first = words.count
        let end = starts[index] + sizes[index]
        guard end <= codes.count, first <= XGBoostTreeParser.wordsMax else { return nil }
        for code in codes[starts[index]..<end] {
          while words.count <= first + code / 32 { words.append(0) }
          words[first + code / 32] |= 1 << UInt32(code % 32)
        }
        ranges[node] = Int32(first)..<Int32(words.count)
      }
      return words
    }
  }

  private func categoryLists() throws(ModelError) -> CategoryLists {
    var lists = CategoryLists()
    guard field.optional("categories_nodes") != nil else { return lists }
    lists.nodes = try field.member("categories_nodes").integers(in: 0...(nodeCount - 1))
    lists.codes = try field.member("categories").integers(in: 0...Self.codeMax)
    let (count, bounds) = (lists.nodes.count, 0...lists.codes.count)
    lists.starts = try integers("categories_segments", count: count, in: bounds)
    lists.sizes = try integers("categories_sizes", count: count, in: bounds)
    return lists
  }

  private func integers(
    _ name: String, count: Int, in allowed: ClosedRange<Int>
  ) throws(ModelError) -> [Int] {
    try field.member(name).integers(count: count, in: allowed)
  }
}
