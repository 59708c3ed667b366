/// How alike two rankings of the same things are.
package enum RankCorrelation {
  /// Spearman's ρ: Pearson's correlation of the ranks, ties at their mean rank. 1: the same order,
  /// −1: the reverse. Nil where one of them has no order: fewer than two values, all equal, or some
  /// that are no numbers.
  package static func spearman(_ one: [Double], _ other: [Double]) -> Double? {
    guard one.count == other.count, one.count > 1, !one.contains(where: \.isNaN),
      !other.contains(where: \.isNaN)
    else { return nil }
    let (a, b) = (ranks(one), ranks(other))
    let mean = Double(one.count + 1) / 2
    var (covariance, spreadA, spreadB) = (0.0, 0.0, 0.0)
    for (left, right) in zip(a, b) {
      covariance += (left - mean) * (right - mean)
      spreadA += (left - mean) * (left - mean)
      spreadB += (right - mean) * (right - mean)
    }
    guard spreadA > 0, spreadB > 0 else { return nil }
    return covariance / (spreadA * spreadB).squareRoot()
  }

  /// From 1.
  static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      // Ranks start + 1 to end.
      for index in order[start..<end] { ranks[index] = Double(start + end + 1) / 2 }
      start = end
    }
    return ranks
  }
}
