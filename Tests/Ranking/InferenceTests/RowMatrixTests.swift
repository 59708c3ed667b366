internal import Inference
internal import Testing

struct RowMatrixTests {
  @Test func `rows are counted from values and columns`() throws {
    let matrix = try RowMatrix([1.0, 2, 3, 4, 5, 6], columns: 3)
    #expect(matrix.count == 2)
    #expect(matrix.columns == 3)
    #expect(try RowMatrix([Float](), columns: 3).count == 0)
  }

  @Test func `values that do not fill their rows are refused with both numbers`() {
    #expect(throws: ScoringError.incompleteRow(values: 5, columns: 3)) {
      try RowMatrix([Float](repeating: 0, count: 5), columns: 3)
    }
    #expect(throws: ScoringError.incompleteRow(values: 5, columns: 3)) {
      try RowMatrix([Double](repeating: 0, count: 5), columns: 3)
    }
  }

  @Test(arguments: [0, -1, Int.min])
  func `a matrix has columns`(columns: Int) {
    #expect(throws: ScoringError.noColumns) { try RowMatrix([Float](), columns: columns) }
  }
}
