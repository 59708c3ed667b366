internal import CTrees

/// Trees as single rows walk them: nodes of eight bytes, the right child before the left one.
struct WalkLayout {
  private(set) var nodes: [UInt64] = []
  private(set) var roots: [UInt32] = []
  private(set) var values: [Double] = []

  /// Nodes are numbered with 32 bits, and leaves are nodes here.
  static func fits(nodeCount: Int, treeCount: Int) -> Bool {
    2 * nodeCount + treeCount < Int(UInt32.max)
  }

  /// - Parameters:
  ///   - conditions: of each node, tree after tree.
  ///   - never: the condition that no row fulfils.
  init(_ trees: [Tree], conditions: [UInt32], never: Int) {
    let count = 2 * conditions.count + trees.count
    nodes.reserveCapacity(count)
    values.reserveCapacity(count)
    var first = 0
    for tree in trees {
      roots.append(UInt32(nodes.count))
      add(tree, conditions[first..<(first + tree.nodes.count)], never: UInt64(never))
      first += tree.nodes.count
    }
    // Trees are walked several at a time.
    let walks = trees_walks
    let rest = (walks - trees.count % walks) % walks
    roots.append(contentsOf: repeatElement(UInt32(nodes.count - 1), count: rest))
  }

  private mutating func add(
    _ tree: Tree, _ conditions: ArraySlice<UInt32>, never: UInt64
  ) {
    let base = nodes.count
    // Nodes, or leaves as `~leaf`, breadth first.
    var order: [Int32] = [tree.nodes.isEmpty ? ~0 : 0]
    order.reserveCapacity(2 * tree.nodes.count + 1)
    var next = 0
    while next < order.count {
      if order[next] < 0 {
        nodes.append(UInt64(base + next) << 32 | never)
        values.append(tree.leafValues[Int(~order[next])])
      } else {
        let node = tree.nodes[Int(order[next])]
        let condition = conditions[conditions.startIndex + Int(order[next])]
        nodes.append(UInt64(base + order.count) << 32 | UInt64(condition))
        values.append(0)
        order.append(node.right)
        order.append(node.left)
      }
      next += 1
    }
  }
}
