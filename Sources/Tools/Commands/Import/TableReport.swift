internal import JSON

/// What became of the rows of one table.
package struct TableReport: Equatable, Sendable {
  package struct BadRow: Equatable, Sendable {
    package let file: String
    package let line: Int
    package let problem: RowProblem

    /// `venues.csv:17: latitude is not a number: "abc"`
    package var description: String { "\(file):\(line): \(problem)" }
  }

  package let table: ImportTable
  package internal(set) var files: [String] = []
  /// Data rows, bad ones among them.
  package internal(set) var rows = 0
  package internal(set) var duplicates = 0
  /// Rows that the mapping does not keep.
  package internal(set) var leftOut = 0
  package private(set) var bad = 0
  /// The bad rows by reason.
  package private(set) var reasons: [String: Int] = [:]
  /// The first of the bad rows.
  package private(set) var firstBad: [BadRow] = []
  /// Columns that no field takes, with their files.
  package internal(set) var ignoredColumns: [String] = []
  /// Columns that the mapping names and no row of a JSON Lines file has, with their files.
  package internal(set) var absentColumns: [String] = []
  private let badRowsShown: Int

  init(_ table: ImportTable, badRowsShown: Int) {
    self.table = table
    self.badRowsShown = badRowsShown
  }

  package var kept: Int { rows - bad - duplicates - leftOut }

  package var badShare: Double { rows == 0 ? 0 : Double(bad) / Double(rows) }

  /// Most frequent first.
  package var reasonsByCount: [(reason: String, count: Int)] {
    reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
  }

  mutating func note(_ problem: RowProblem, file: String, line: Int) {
    bad += 1
    reasons[problem.reason, default: 0] += 1
    if firstBad.count < badRowsShown {
      firstBad.append(BadRow(file: file, line: line, problem: problem))
    }
  }

  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("table", table.rawValue)
      writer.key("files")
      writer.array { writer in files.forEach { writer.value($0) } }
      writer.member("rows", rows)
      writer.member("kept", kept)
      writer.member("duplicates", duplicates)
      writer.member("left_out", leftOut)
      writer.member("bad", bad)
      writer.key("bad_by_reason")
      writer.object { writer in
        for (reason, count) in reasonsByCount { writer.member(reason, count) }
      }
      writer.key("first_bad")
      writer.array { writer in firstBad.forEach { $0.write(to: &writer) } }
      writer.key("ignored_columns")
      writer.array { writer in ignoredColumns.forEach { writer.value($0) } }
      writer.key("absent_columns")
      writer.array { writer in absentColumns.forEach { writer.value($0) } }
    }
  }
}

extension TableReport.BadRow {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("file", file)
      writer.member("line", line)
      writer.member("reason", problem.reason)
      writer.member("detail", problem.detail)
    }
  }
}
