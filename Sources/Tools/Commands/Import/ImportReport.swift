internal import JSON
package import Messages

/// What an import read and wrote.
package struct ImportReport: Equatable, Sendable {
  package internal(set) var tables: [TableReport] = []
  package internal(set) var items = 0
  package internal(set) var users = 0
  /// Those of them that only events name.
  package internal(set) var usersAdded = 0
  package internal(set) var events = 0
  package internal(set) var eventsByKind: [EventKind: Int] = [:]
  /// Of the events, Unix milliseconds; nil without events.
  package internal(set) var firstMilliseconds: Int64?
  package internal(set) var lastMilliseconds: Int64?

  package func table(_ table: ImportTable) -> TableReport? {
    tables.first { $0.table == table }
  }

  /// For people: a table of counts, then the bad rows.
  package var text: String {
    var lines = [Self.row("", "rows", "kept", "left out", "duplicate", "bad")]
    for table in tables {
      lines.append(
        Self.row(
          table.table.rawValue, "\(table.rows)", "\(table.kept)", "\(table.leftOut)",
          "\(table.duplicates)", "\(table.bad)"))
    }
    lines.append("written: \(items) items, \(users) users (\(usersAdded) known by events only),")
    lines.append("  \(events) events\(kinds)")
    for table in tables {
      lines += table.ignoredColumns.map { "ignored column \($0)" }
      lines += table.absentColumns.map { "no row has the column \($0)" }
      guard table.bad > 0 else { continue }
      lines.append("bad rows of \(table.table.rawValue), by reason:")
      lines += table.reasonsByCount.map { "  \($0.count) × \($0.reason)" }
      lines += table.firstBad.map { "  \($0.description)" }
      if table.bad > table.firstBad.count {
        lines.append("  … and \(table.bad - table.firstBad.count) more")
      }
    }
    return lines.joined(separator: "\n")
  }

  private var kinds: String {
    let parts = EventKind.allCases.compactMap { kind in
      eventsByKind[kind].map { "\($0) \(kind.text)" }
    }
    return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
  }

  private static func row(_ name: String, _ columns: String...) -> String {
    func padding(_ text: String, to width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count))
    }
    return name + padding(name, to: 8) + columns.map { padding($0, to: 11) + $0 }.joined()
  }

  /// One JSON object.
  package var json: String {
    var writer = JSONWriter(pretty: true)
    writer.object { writer in
      writer.key("tables")
      writer.array { writer in tables.forEach { $0.write(to: &writer) } }
      writer.member("items", items)
      writer.member("users", users)
      writer.member("users_added", usersAdded)
      writer.member("events", events)
      writer.key("events_by_kind")
      writer.object { writer in
        for kind in EventKind.allCases {
          if let count = eventsByKind[kind] { writer.member(kind.text, count) }
        }
      }
      if let firstMilliseconds, let lastMilliseconds {
        writer.member("first_ms", firstMilliseconds)
        writer.member("last_ms", lastMilliseconds)
      }
    }
    return writer.string
  }
}

extension EventKind {
  /// As tables write it.
  var text: String {
    switch self {
    case .unknown: "unknown"
    case .open: "open"
    case .impression: "impression"
    case .click: "click"
    case .order: "order"
    case .rating: "rating"
    }
  }

  init?(text: String) {
    guard let kind = Self.allCases.first(where: { $0.text == text }), kind != .unknown else {
      return nil
    }
    self = kind
  }
}
