internal import Inference

/// Rows of numbers from a CSV text without a header. Blanks around a field do not count; an empty
/// field is a missing value, NaN. Quotes are not known: numbers need none.
struct NumericRows {
  private var lines: LineReader
  private let columns: Int

  init(_ input: [UInt8], columns: Int) {
    lines = LineReader(input)
    self.columns = columns
  }

  /// Appends up to `count` rows to `values`, row-major; false when there was none left.
  mutating func read(_ count: Int, into values: inout [Double]) throws(ScoreError) -> Bool {
    for row in 0..<count {
      guard let line = lines.next() else { return row > 0 }
      try append(line, to: &values)
    }
    return true
  }

  private func append(_ line: ArraySlice<UInt8>, to values: inout [Double]) throws(ScoreError) {
    var column = 1
    var start = line.startIndex
    while true {
      let end = line[start...].firstIndex(of: UInt8(ascii: ",")) ?? line.endIndex
      values.append(try number(line[start..<end], column: column))
      guard end < line.endIndex else { break }
      start = end + 1
      column += 1
    }
    guard column == columns else {
      throw .wrongColumns(line: lines.lineNumber, found: column, expected: columns)
    }
  }

  private func number(_ field: ArraySlice<UInt8>, column: Int) throws(ScoreError) -> Double {
    let text = Self.trimmed(field)
    if text.isEmpty { return .nan }
    guard let value = DecimalText.double(text) else {
      let excerpt = DecimalText.excerpt(text)
      throw .notANumber(line: lines.lineNumber, column: column, text: excerpt)
    }
    return value
  }

  private static func trimmed(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    guard let first = field.firstIndex(where: { !isBlank($0) }),
      let last = field.lastIndex(where: { !isBlank($0) })
    else { return [] }
    return field[first...last]
  }
}
