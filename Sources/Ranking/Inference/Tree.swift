/// One regression tree, its shape already checked: every child exists and is reached once.
struct Tree: Equatable, Sendable {
  struct Node: Equatable, Sendable {
    let split: Split
    let feature: Int32
    /// A child is another node, or leaf `~child` where negative.
    let left: Int32
    let right: Int32
  }

  /// The root is node 0; empty where the tree is a single leaf.
  let nodes: [Node]
  let leafValues: [Double]
  let categoryWords: [UInt32]
  let linear: LinearLeaves?

  var memoryBytes: Int {
    nodes.count * MemoryLayout<Node>.stride + leafValues.count * 8 + categoryWords.count * 4
      + (linear?.memoryBytes ?? 0)
  }

  /// The leaf that a row falls into.
  func leaf(of cells: [Double], rowStart: Int, _ rules: ValueRules) -> Int {
    guard !nodes.isEmpty else { return 0 }
    var next: Int32 = 0
    while next >= 0 {
      let node = nodes[Int(next)]
      let value = cells[rowStart + Int(node.feature)]
      let isLeft = node.split.goesLeft(value, categoryWords: categoryWords, rules)
      next = isLeft ? node.left : node.right
    }
    return Int(~next)
  }

  /// Adds this tree's values to one head of every row. Trees go outside and rows inside, so a tree
  /// stays in the cache, and each row still sums in tree order, as LightGBM does.
  func add(_ rows: FlushedRows, to scores: inout [Double], head: Int, headCount: Int) {
    for row in 0..<rows.count {
      let start = row * rows.columns
      let leaf = leaf(of: rows.cells, rowStart: start, rows.rules)
      let value =
        linear?.value(of: leaf, cells: rows.cells, rowStart: start) ?? leafValues[leaf]
      scores[row * headCount + head] += value
    }
  }
}
