internal import Commands

extension FuzzTarget {
  private static var limits: RowLimits {
    var limits = RowLimits()
    limits.fieldBytesMax = 64
    limits.rowBytesMax = 256
    limits.fieldsMax = 8
    return limits
  }

  /// Rows: the same whatever the pieces they come in, and when they are written with quotes.
  static let csv = FuzzTarget("csv", dictionary: ["\"\"", "\r\n", "\",\"", "\u{FEFF}"]) {
    [
      "id,name\n1,a\n2,\"b,\"\"c\"\"\"\r\n", "\u{FEFF}a;b\r\r\n\n\"x\ny\",\n", "\"open\nrow",
      String(repeating: "x,", count: 20),
    ].map { Array($0) }
  } read: { bytes in
    let whole = try Rows(bytes, pieceBytes: max(1, bytes.count))
    for pieceBytes in [1, 5] {
      let pieces = try Rows(bytes, pieceBytes: pieceBytes)
      try promise(pieces == whole, "in pieces of \(pieceBytes): \(pieces); whole: \(whole)")
    }
    for row in whole.rows {
      try promise(row.count <= limits.fieldsMax, "\(row.count) fields")
      let bytesMax = row.map(\.utf8.count).max() ?? 0
      try promise(bytesMax <= limits.fieldBytesMax, "a field of \(bytesMax) bytes")
    }
    let again = try Rows(quoted(whole.rows), pieceBytes: 64, limits: RowLimits())
    try promise(again.rows == whole.rows && again.problems == 0, "\(again); before: \(whole)")
    return whole.rows.isEmpty ? .refused : .accepted
  }

  private static func quoted(_ rows: [[String]]) -> [UInt8] {
    let quote = UInt8(ascii: "\"")
    return rows.flatMap { row in
      row.map { field in [quote] + field.utf8.flatMap { $0 == quote ? [$0, $0] : [$0] } + [quote] }
        .joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "\n")]
    }
  }

  private struct Rows: Equatable {
    var rows: [[String]] = []
    var problems = 0

    init(_ bytes: [UInt8], pieceBytes: Int, limits: RowLimits = FuzzTarget.limits) throws {
      var parser = CSVParser(limits: limits)
      var lastLine = 0
      var rest = bytes[...]
      func emit(_ line: Int, _ row: Result<[String], RowProblem>) throws {
        try promise(line >= lastLine, "line \(line) after line \(lastLine)")
        lastLine = line
        switch row {
        case .success(let fields): rows.append(fields)
        case .failure: problems += 1
        }
      }
      while !rest.isEmpty {
        try parser.feed(rest.prefix(pieceBytes), emit)
        rest = rest.dropFirst(pieceBytes)
      }
      try parser.finish(emit)
    }
  }
}
