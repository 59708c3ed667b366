internal import CTrees

/// Thresholds laid out so that 16 can be compared with at once, level by level. Each level has the
/// largest threshold of every 16 in the level below, and infinity up to the end of its last 16.
struct ThresholdSearch {
  private(set) var values: [Float] = []

  /// Appends the levels of one group, the coarsest first.
  /// - Parameter thresholds: rising, and not none.
  /// - Returns: where each level begins.
  mutating func add(_ thresholds: [Float]) -> [Int] {
    var levels = [Self.padded(thresholds)]
    while let finest = levels.first, finest.count > trees_fan {
      let largest = stride(from: trees_fan - 1, to: finest.count, by: trees_fan)
      levels.insert(Self.rounded(largest.map { finest[$0] }), at: 0)
    }
    return levels.map { level in
      defer { values.append(contentsOf: level) }
      return values.count
    }
  }

  /// At least one infinity follows, so that a search past the last threshold ends in the level.
  private static func padded(_ thresholds: [Float]) -> [Float] {
    rounded(thresholds + [.infinity])
  }

  private static func rounded(_ level: [Float]) -> [Float] {
    let missing = (trees_fan - level.count % trees_fan) % trees_fan
    return level + Array(repeating: .infinity, count: missing)
  }

  /// The largest float32 that is at most the number: no float32 is between the two, so each
  /// compares alike with both.
  static func roundedDown(_ number: Double) -> Float {
    let nearest = Float(number)
    return Double(nearest) > number ? nearest.nextDown : nearest
  }
}
