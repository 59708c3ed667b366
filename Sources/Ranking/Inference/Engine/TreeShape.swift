/// A tree with more than one leaf, numbered anew. Nodes are in breadth-first order, and the i-th of
/// them hands its rows to the masks 2i+1 and 2i+2; mask 0 is the root's.
struct TreeShape {
  /// The file's number of each node.
  private(set) var order: [Int] = [0]
  /// The mask of each node.
  private(set) var masks: [Int] = [0]
  /// The file's number of each leaf, from left to right.
  private(set) var leaves: [Int]
  /// What each mask belongs to: a node's place in the order, or -1 for a leaf.
  private var nodeOfMask: [Int32]
  /// Leaves below each mask: they are adjoining ones.
  private var firstLeaf: [Int32]
  private var leafCount: [Int32]

  init(_ tree: Tree) {
    let maskCount = 2 * tree.nodes.count + 1
    nodeOfMask = Array(repeating: -1, count: maskCount)
    firstLeaf = Array(repeating: 0, count: maskCount)
    leafCount = Array(repeating: 1, count: maskCount)
    leaves = Array(repeating: 0, count: tree.leafValues.count)
    nodeOfMask[0] = 0
    order.reserveCapacity(tree.nodes.count)
    masks.reserveCapacity(tree.nodes.count)
    var leafOfMask = nodeOfMask
    var next = 0
    while next < order.count {
      let node = tree.nodes[order[next]]
      for (child, mask) in [(node.left, 2 * next + 1), (node.right, 2 * next + 2)] {
        if child < 0 {
          leafOfMask[mask] = ~child
        } else {
          nodeOfMask[mask] = Int32(order.count)
          order.append(Int(child))
          masks.append(mask)
        }
      }
      next += 1
    }
    for index in order.indices.reversed() {
      leafCount[masks[index]] = leafCount[2 * index + 1] + leafCount[2 * index + 2]
    }
    for index in order.indices {
      firstLeaf[2 * index + 1] = firstLeaf[masks[index]]
      firstLeaf[2 * index + 2] = firstLeaf[masks[index]] + leafCount[2 * index + 1]
    }
    for mask in 0..<maskCount where nodeOfMask[mask] < 0 {
      leaves[Int(firstLeaf[mask])] = Int(leafOfMask[mask])
    }
  }

  /// Appends the largest subtrees whose leaves all have a bit of their number set.
  func addPlane(_ bit: Int, to planeMasks: inout [UInt16]) {
    var pending = [0]
    while let mask = pending.popLast() {
      let first = firstLeaf[mask] >> Int32(bit)
      let last = (firstLeaf[mask] + leafCount[mask] - 1) >> Int32(bit)
      if first == last {
        if first & 1 == 1 { planeMasks.append(UInt16(mask)) }
      } else {
        let node = Int(nodeOfMask[mask])
        pending.append(2 * node + 2)
        pending.append(2 * node + 1)
      }
    }
  }
}
