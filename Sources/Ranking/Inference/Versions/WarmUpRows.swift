internal import Storage

/// Rows that a version scores before it serves: `warmup.csv`, a line of names and then a row a line;
/// a missing value is nothing.
package struct WarmUpRows: Equatable, Sendable {
  static let fileName = "warmup.csv"
  /// They are read by a program, but so few that people can look at them.
  static let bytesMax = 16 << 20
  static let rowsMax = 10_000

  package let features: [String]
  /// Row-major.
  package let matrix: [Float]

  package var count: Int { features.isEmpty ? 0 : matrix.count / features.count }

  package struct Invalid: Error, Equatable, CustomStringConvertible {
    package let description: String
  }

  package init(parsing bytes: [UInt8]) throws(Invalid) {
    var lines = LineReader(bytes)
    features = (lines.next() ?? []).split(
      separator: UInt8(ascii: ","), omittingEmptySubsequences: false
    ).map { String(decoding: $0, as: UTF8.self) }
    var matrix: [Float] = []
    while let line = lines.next() {
      guard lines.lineNumber <= Self.rowsMax + 1 else {
        throw Invalid(description: "more than \(Self.rowsMax) rows")
      }
      try Self.append(line, number: lines.lineNumber, columns: features.count, to: &matrix)
    }
    self.matrix = matrix
  }

  private static func append(
    _ line: ArraySlice<UInt8>, number: Int, columns: Int, to matrix: inout [Float]
  ) throws(Invalid) {
    let cells = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard cells.count == columns else {
      throw Invalid(
        description: "line \(number): \(cells.count) values where \(columns) columns are named")
    }
    for (column, cell) in cells.enumerated() {
      guard let value = cell.isEmpty ? .nan : DecimalText.double(cell) else {
        throw Invalid(
          description: "line \(number), column \(column + 1): "
            + "'\(DecimalText.excerpt(cell))' is not a number")
      }
      matrix.append(Float(value))
    }
  }

  /// Those in a version's folder; nil where there are none.
  static func read(in folder: String) throws -> WarmUpRows? {
    let bytes: [UInt8]
    do {
      bytes = try DiskFile.read("\(folder)/\(fileName)", limitBytes: bytesMax)
    } catch DiskFile.Failure.cannotOpen {
      return nil
    }
    return try WarmUpRows(parsing: bytes)
  }
}
