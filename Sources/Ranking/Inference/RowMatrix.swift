/// Rows to be scored, row-major, as LightGBM's matrix interface sees them: widened to double, and
/// values of at most `Split.zeroThreshold` replaced by +0.0 before any node looks at them.
package struct RowMatrix: Sendable {
  package let columns: Int
  /// Rows.
  package let count: Int
  let cells: [Double]

  package init(_ values: [Double], columns: Int) throws(ScoringError) {
    count = try Self.rowCount(values: values.count, columns: columns)
    self.columns = columns
    cells = values.map(Self.flushed)
  }

  package init(_ values: [Float], columns: Int) throws(ScoringError) {
    count = try Self.rowCount(values: values.count, columns: columns)
    self.columns = columns
    cells = values.map { Self.flushed(Double($0)) }
  }

  private static func rowCount(values: Int, columns: Int) throws(ScoringError) -> Int {
    guard columns > 0 else { throw .noColumns }
    guard values.isMultiple(of: columns) else {
      throw .incompleteRow(values: values, columns: columns)
    }
    return values / columns
  }

  private static func flushed(_ value: Double) -> Double {
    value.magnitude <= Split.zeroThreshold ? 0 : value
  }
}
