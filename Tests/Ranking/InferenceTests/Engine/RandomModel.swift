internal import TestSupport

/// Models that nobody would train, to reach what those that people train leave out.
struct RandomModel {
  var columns = 11
  var heads = 1
  var trees = 1...12
  var leaves = 1...70
  /// Category codes in sets.
  var codeMax = 300
  /// Of all nodes.
  var categoricalShare = 0.3

  private static let thresholds: [Double] = [
    0, -0.0, 1e-36, -1e-36, 1.0000000180025095e-35, -1.0000000180025095e-35, 0.1, -0.1, 1e300,
    -1e300, .infinity, -.infinity, .leastNonzeroMagnitude, 3.5e38,
  ]

  func text(_ generator: inout SeededGenerator) -> String {
    let count = Int.random(in: trees, using: &generator) * heads
    let trees = (0..<count).map { "Tree=\($0)\n\(tree(&generator))\n" }
    let header = SampleModel.header(columns: columns, objective: nil, heads: heads)
    return header + "\n\n" + trees.joined() + "end of trees\n"
  }

  private func tree(_ generator: inout SeededGenerator) -> String {
    let leafCount = Int.random(in: leaves, using: &generator)
    // Each step splits one leaf, so that every shape may come.
    var children = [(left: Int, right: Int)]()
    var slots: [(node: Int, isLeft: Bool)] = []
    for node in 0..<(leafCount - 1) {
      if node > 0 {
        let slot = slots.remove(at: Int.random(in: slots.indices, using: &generator))
        if slot.isLeft { children[slot.node].left = node } else { children[slot.node].right = node }
      }
      children.append((0, 0))
      slots += [(node, true), (node, false)]
    }
    for (leaf, slot) in slots.enumerated() {
      if slot.isLeft { children[slot.node].left = ~leaf } else { children[slot.node].right = ~leaf }
    }
    let values = (0..<leafCount).map { _ in "\(Double.random(in: -1...1, using: &generator))" }
    return """
      num_leaves=\(leafCount)
      \(splits(children.count, &generator))
      left_child=\(children.map { "\($0.left)" }.joined(separator: " "))
      right_child=\(children.map { "\($0.right)" }.joined(separator: " "))
      leaf_value=\(values.joined(separator: " "))

      """
  }

  private func splits(_ count: Int, _ generator: inout SeededGenerator) -> String {
    var (features, thresholds, decisions) = ([String](), [String](), [String]())
    var (boundaries, words) = ([0], [UInt32]())
    for _ in 0..<count {
      features.append("\(Int.random(in: 0..<columns, using: &generator))")
      if Double.random(in: 0..<1, using: &generator) < categoricalShare {
        thresholds.append("\(boundaries.count - 1)")
        decisions.append("\([1, 9].randomElement(using: &generator)!)")
        words += set(&generator)
        boundaries.append(words.count)
      } else {
        thresholds.append("\(threshold(&generator))")
        decisions.append("\([0, 2, 4, 6, 8, 10].randomElement(using: &generator)!)")
      }
    }
    return """
      num_cat=\(boundaries.count - 1)
      split_feature=\(features.joined(separator: " "))
      threshold=\(thresholds.joined(separator: " "))
      decision_type=\(decisions.joined(separator: " "))
      cat_boundaries=\(boundaries.map(String.init).joined(separator: " "))
      cat_threshold=\(words.map(String.init).joined(separator: " "))
      """
  }

  private func set(_ generator: inout SeededGenerator) -> [UInt32] {
    let wordCount = Int.random(in: 1...(codeMax / 32 + 1), using: &generator)
    return (0..<wordCount).map { _ in
      Bool.random(using: &generator) ? 0 : .random(in: 0 ... .max, using: &generator)
    }
  }

  private func threshold(_ generator: inout SeededGenerator) -> Double {
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: Self.thresholds.randomElement(using: &generator)!
    case 1: Double(Int.random(in: -4...4, using: &generator))
    default: Double.random(in: -4...4, using: &generator)
    }
  }

  // MARK: Rows

  /// Values near to what the nodes ask for.
  func cell(_ generator: inout SeededGenerator) -> Double {
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: .nan
    case 1: Self.thresholds.randomElement(using: &generator)!
    case 2: Double(Int.random(in: -2...(codeMax + 40), using: &generator))
    case 3: Double.random(in: -2...40, using: &generator)
    case 4: Double(Int.random(in: -4...4, using: &generator))
    default: Double.random(in: -4...4, using: &generator)
    }
  }
}
