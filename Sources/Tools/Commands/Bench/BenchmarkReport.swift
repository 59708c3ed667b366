internal import JSON

/// The rows of a benchmark as a table for people or as JSON for programs.
struct BenchmarkReport {
  let name: String
  let rows: [BenchmarkRow]

  var text: String {
    guard let first = rows.first else { return "" }
    var table = TextTable(columns: first.columns.map { ($0.name, $0.value.alignment) })
    for row in rows { table.append(row.columns.map(\.value.shown)) }
    return table.text
  }

  var json: String {
    var writer = JSONWriter(pretty: true)
    writer.object { writer in
      writer.member("benchmark", name)
      writer.key("rows")
      writer.array { writer in
        for row in rows {
          writer.object { writer in
            for (name, value) in row.columns { value.write(name, to: &writer) }
          }
        }
      }
    }
    return writer.string
  }
}

extension BenchmarkRow.Value {
  fileprivate var alignment: TextTable.Alignment {
    if case .text = self { .left } else { .right }
  }

  fileprivate var shown: String {
    switch self {
    case .text(let text): text
    case .count(let count): String(count)
    case .number(let number, let decimals): number.fixed(decimals)
    }
  }

  fileprivate func write(_ name: String, to writer: inout JSONWriter) {
    switch self {
    case .text(let text): writer.member(name, text)
    case .count(let count): writer.member(name, count)
    case .number(let number, _): writer.member(name, number)
    }
  }
}
