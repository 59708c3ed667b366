internal import CTrees

/// Rows to be scored, row-major, as the caller has them.
package struct RowMatrix: Sendable {
  package let columns: Int
  /// Rows.
  package let count: Int
  private let values: Values

  private enum Values: Sendable {
    case floats([Float])
    case doubles([Double])
  }

  package init(_ values: [Double], columns: Int) throws(ScoringError) {
    count = try Self.rowCount(values: values.count, columns: columns)
    self.columns = columns
    self.values = .doubles(values)
  }

  package init(_ values: [Float], columns: Int) throws(ScoringError) {
    count = try Self.rowCount(values: values.count, columns: columns)
    self.columns = columns
    self.values = .floats(values)
  }

  private static func rowCount(values: Int, columns: Int) throws(ScoringError) -> Int {
    guard columns > 0 else { throw .noColumns }
    guard values.isMultiple(of: columns) else {
      throw .incompleteRow(values: values, columns: columns)
    }
    return values / columns
  }

  /// Rounded to float32, where a model's rules want that.
  func narrowed(_ rules: ValueRules) -> RowMatrix {
    guard rules.narrows, case .doubles(let doubles) = values else { return self }
    return RowMatrix(columns: columns, count: count, values: .floats(doubles.map { Float($0) }))
  }

  private init(columns: Int, count: Int, values: Values) {
    self.columns = columns
    self.count = count
    self.values = values
  }

  /// Widened to double, and with tiny values replaced as a model's rules want.
  func flushed(_ rules: ValueRules) -> FlushedRows {
    let cells =
      switch values {
      case .floats(let floats): floats.map { rules.flushed(Double($0)) }
      case .doubles(let doubles): doubles.map(rules.flushed)
      }
    return FlushedRows(columns: columns, count: count, cells: cells, rules: rules)
  }

  func withRows(_ body: (UnsafePointer<trees_rows>) -> Void) {
    switch values {
    case .floats(let floats):
      floats.withUnsafeBufferPointer { floats in
        var rows = trees_rows(floats: floats.baseAddress, doubles: nil, count: count)
        body(&rows)
      }
    case .doubles(let doubles):
      doubles.withUnsafeBufferPointer { doubles in
        var rows = trees_rows(floats: nil, doubles: doubles.baseAddress, count: count)
        body(&rows)
      }
    }
  }
}

/// Rows as the nodes of a tree see them.
struct FlushedRows {
  let columns: Int
  let count: Int
  let cells: [Double]
  let rules: ValueRules
}
