/// What the nodes of a model ask of one column.
package struct ColumnSplits: Equatable, Sendable {
  /// Distinct and rising.
  package var thresholds: [Double] = []
  /// Category codes that are in any set, rising.
  package var codes: [Int] = []

  package init(thresholds: [Double] = [], codes: [Int] = []) {
    self.thresholds = thresholds
    self.codes = codes
  }
}

extension Model {
  /// Of each column: what to draw rows from that reach all parts of the trees.
  package func columnSplits() -> [ColumnSplits] {
    var thresholds = Array(repeating: Set<Double>(), count: columnCount)
    var codes = Array(repeating: Set<Int>(), count: columnCount)
    for tree in trees {
      for node in tree.nodes {
        switch node.split {
        case .numeric(let threshold, _, _): thresholds[Int(node.feature)].insert(threshold)
        case .categorical(let words, _):
          for (index, word) in words.enumerated() {
            for bit in 0..<32 where tree.categoryWords[Int(word)] >> UInt32(bit) & 1 == 1 {
              codes[Int(node.feature)].insert(index * 32 + bit)
            }
          }
        }
      }
    }
    return zip(thresholds, codes).map {
      ColumnSplits(thresholds: $0.sorted(), codes: $1.sorted())
    }
  }
}
