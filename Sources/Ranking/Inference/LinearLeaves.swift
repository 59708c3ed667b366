/// The linear functions in the leaves of a linear tree (`is_linear=1`), flattened leaf by leaf.
struct LinearLeaves: Equatable, Sendable {
  let constants: [Double]
  /// Where the terms of each leaf begin; one entry more than there are leaves.
  let starts: [Int]
  let features: [Int]
  let coefficients: [Double]

  var memoryBytes: Int {
    (constants.count + starts.count + features.count + coefficients.count) * 8
  }

  /// Nil where a feature of the leaf is NaN: then the leaf's constant value counts. Terms are added
  /// in the order of the file, which bit equality with LightGBM depends on.
  func value(of leaf: Int, cells: [Double], rowStart: Int) -> Double? {
    var sum = constants[leaf]
    for term in starts[leaf]..<starts[leaf + 1] {
      let value = cells[rowStart + features[term]]
      if value.isNaN { return nil }
      sum += coefficients[term] * value
    }
    return sum
  }
}
