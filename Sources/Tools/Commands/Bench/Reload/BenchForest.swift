internal import Definitions
internal import Inference
internal import JSON

/// A LightGBM model of full binary trees with random conditions, as large as ranking models are, and
/// the rows that go with it.
struct BenchForest {
  let trees: Int
  let leaves: Int
  let features: Int
  /// As many cuts of a feature as LightGBM makes by default, so that trees have conditions in common.
  private static let cuts = 127

  /// - Parameter leaves: of a tree, a power of two.
  init(trees: Int, leaves: Int = 64, features: Int = 50) {
    (self.trees, self.leaves, self.features) = (trees, leaves, features)
  }

  var featureNames: [String] { (0..<features).map { "f\($0)" } }

  func text(seed: UInt64) -> String {
    var random = SplitMix64(seed: seed)
    var text = """
      tree
      version=v4
      num_class=1
      num_tree_per_iteration=1
      max_feature_idx=\(features - 1)
      objective=lambdarank
      feature_names=\(featureNames.joined(separator: " "))


      """
    for tree in 0..<trees { text += self.tree(tree, &random) }
    return text + "end of trees\n"
  }

  private func tree(_ index: Int, _ random: inout SplitMix64) -> String {
    let nodes = leaves - 1
    func child(_ number: Int) -> Int { number < nodes ? number : ~(number - nodes) }
    func line(_ name: String, _ count: Int, _ value: (Int) -> String) -> String {
      "\(name)=\((0..<count).map(value).joined(separator: " "))\n"
    }
    let draws = (0..<nodes).map { _ in
      (
        Int.random(in: 0..<features, using: &random),
        Double(Int.random(in: 1...Self.cuts, using: &random)) / Double(Self.cuts + 1)
      )
    }
    let values = (0..<leaves).map { _ in Double.random(in: -1...1, using: &random) }
    return "Tree=\(index)\nnum_leaves=\(leaves)\nnum_cat=0\n"
      + line("split_feature", nodes) { "\(draws[$0].0)" }
      + line("threshold", nodes) { "\(draws[$0].1)" }
      + line("decision_type", nodes) { _ in "2" }
      + line("left_child", nodes) { "\(child(2 * $0 + 1))" }
      + line("right_child", nodes) { "\(child(2 * $0 + 2))" }
      + line("leaf_value", leaves) { "\(values[$0])" } + "shrinkage=1\n\n\n"
  }

  /// Row-major, 0...1.
  func rows(_ count: Int, seed: UInt64) -> [Float] {
    var random = SplitMix64(seed: seed)
    return (0..<(count * features)).map { _ in Float.random(in: 0...1, using: &random) }
  }

  /// What stands in a version's folder: file by name.
  func version(seed: UInt64, warmUpRows: Int) throws(CommandFailure) -> [(String, [UInt8])] {
    let text = Array(self.text(seed: seed).utf8)
    let rows = rows(warmUpRows, seed: seed)
    let scores: [Double]
    do {
      scores = try LightGBMParser.parse(text).score(matrix: rows, columns: features)
    } catch {
      throw CommandFailure("the benchmark's model: \(error)")
    }
    var table = featureNames.joined(separator: ",") + "\n"
    for row in 0..<warmUpRows {
      let cells = rows[(row * features)..<((row + 1) * features)]
      table += cells.map { "\(Double($0))" }.joined(separator: ",") + "\n"
    }
    var card = JSONWriter()
    card.object { card in
      card.key("warm_up_scores")
      card.array { card in for score in scores { card.value(score) } }
    }
    return [
      ("model.txt", text), ("warmup.csv", Array(table.utf8)), ("card.json", card.bytes),
    ]
  }
}
