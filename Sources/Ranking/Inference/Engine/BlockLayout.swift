internal import CTrees

/// Trees as blocks of rows go through them: nodes in breadth-first order, leaves numbered from left
/// to right, and for each bit of the leaf numbers the subtrees that have it set throughout.
struct BlockLayout {
  private(set) var trees: [trees_tree] = []
  private(set) var nodes: [trees_node] = []
  private(set) var planeStarts: [UInt32] = [0]
  private(set) var planeMasks: [UInt16] = []
  private(set) var leafValues: [Double] = []
  private(set) var maskCount = 1

  /// Whether each tree is small enough.
  static func fits(_ trees: [Tree]) -> Bool {
    trees.allSatisfy { $0.leafValues.count <= trees_block_leaves }
  }

  /// - Parameter conditions: of each node, tree after tree.
  init(_ trees: [Tree], conditions: [UInt32]) {
    self.trees.reserveCapacity(trees.count)
    nodes.reserveCapacity(conditions.count)
    leafValues.reserveCapacity(conditions.count + trees.count)
    var first = 0
    for tree in trees {
      let end = first + tree.nodes.count
      add(tree, conditions[first..<end])
      first = end
    }
  }

  private mutating func add(_ tree: Tree, _ conditions: ArraySlice<UInt32>) {
    let leafCount = tree.leafValues.count
    var entry = trees_tree()
    entry.first_node = UInt32(nodes.count)
    entry.node_count = UInt32(tree.nodes.count)
    entry.first_plane = UInt32(planeStarts.count - 1)
    entry.leaf_bits = UInt32(Int.bitWidth - (leafCount - 1).leadingZeroBitCount)
    entry.first_leaf = UInt32(leafValues.count)
    entry.leaf_count = UInt32(leafCount)
    trees.append(entry)
    maskCount = max(maskCount, 2 * tree.nodes.count + 1)
    guard !tree.nodes.isEmpty else { return leafValues.append(tree.leafValues[0]) }
    let shape = TreeShape(tree)
    for (index, node) in shape.order.enumerated() {
      let condition = conditions[conditions.startIndex + node]
      nodes.append(
        trees_node(
          condition: condition * UInt32(trees_mask_bytes),
          rows: UInt32(shape.masks[index] * trees_mask_bytes)))
    }
    for leaf in shape.leaves { leafValues.append(tree.leafValues[leaf]) }
    for bit in 0..<Int(entry.leaf_bits) {
      shape.addPlane(bit, to: &planeMasks)
      planeStarts.append(UInt32(planeMasks.count))
    }
  }
}
