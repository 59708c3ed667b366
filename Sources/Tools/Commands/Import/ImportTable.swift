/// The three tables that an import reads, and their columns: the one place that names them, for the
/// reader, the mapping and the help alike.
package enum ImportTable: String, CaseIterable, Sendable {
  case items, users, events

  var fields: [ImportField] {
    switch self {
    case .items: Self.itemFields
    case .users: Self.userFields
    case .events: Self.eventFields
    }
  }

  /// What a mapping may say of the table beside its fields.
  var mappingKeys: [String] {
    // Repeated events are counted, whatever the mapping says.
    ["delimiter", "header", "empty", "keep"] + (self == .events ? [] : ["repeats"])
  }

  private static let itemFields = [
    ImportField("id", .text, required: true, "unique"),
    ImportField("latitude", .number, required: true, "degrees, WGS 84, -90 to 90"),
    ImportField("longitude", .number, required: true, "degrees, WGS 84, -180 to 180"),
    ImportField("name", .text, "what people read; otherwise \"<first category> <id>\""),
    ImportField("categories", .list, "cuisines, most specific first, separated by ;"),
    ImportField("price", .number, "tier, 1 cheap to 4 dear; empty or 0 unknown"),
    ImportField("rating", .number, "mean, 0 to 5; empty unknown"),
    ImportField("ratings", .number, "how many made the rating"),
    ImportField("hours", .hours, "such as Mo-Fr 11:00-22:00; Sa,Su 12:00-24:00; empty always open"),
    ImportField("time_zone", .text, "such as America/New_York; otherwise the import's own"),
    ImportField("opened", .time, "when it joined"),
  ]

  private static let userFields = [
    ImportField("id", .text, required: true, "unique"),
    ImportField("latitude", .number, "of the home, degrees"),
    ImportField("longitude", .number, "of the home, degrees"),
  ]

  private static let eventFields = [
    ImportField("time", .time, required: true, "when it happened"),
    ImportField("kind", .text, required: true, "open, impression, click, order or rating"),
    ImportField("user", .text, required: true, "id; users that no table lists are added"),
    ImportField("item", .text, "id of an item; only an open may be without"),
    ImportField("id", .text, "unique; made of the row's content where empty"),
    ImportField("request", .text, "id of the ranking that showed the item"),
    ImportField("position", .number, "place in that ranking, from 1; empty or 0 unknown"),
    ImportField("value", .number, "of an order its price, of a rating 1 to 5"),
    ImportField("latitude", .number, "where the user was, degrees"),
    ImportField("longitude", .number, "where the user was, degrees"),
  ]

  /// What the tables may hold, for `--help` and for messages.
  package static let help = """
    Tables are CSV (.csv, RFC 4180; .tsv) or JSON Lines (.jsonl, .ndjson), plain or gzipped (.gz).
    Columns (* required); others are ignored, and the report says which. Empty means unknown.

    \(allCases.map(\.help).joined(separator: "\n\n"))

    Times are ISO 8601 with an offset (2012-04-03T18:04Z), or what the mapping's "unit" says
    (\(TimeUnit.allCases.map(\.rawValue).joined(separator: ", "))) or its "format".

    \(ImportMapping.help)
    """

  private var help: String {
    let width = 12
    let lines = fields.map { field in
      let name = field.name + (field.isRequired ? "*" : "")
      let padding = String(repeating: " ", count: max(1, width - name.count))
      return "  \(name)\(padding)\(field.meaning)"
    }
    return ([rawValue] + lines).joined(separator: "\n")
  }
}

/// One column of a table.
struct ImportField: Sendable {
  enum Kind: Sendable { case text, number, time, list, hours }

  let name: String
  let kind: Kind
  let isRequired: Bool
  /// With its unit, for people.
  let meaning: String

  init(_ name: String, _ kind: Kind, required: Bool = false, _ meaning: String) {
    self.name = name
    self.kind = kind
    isRequired = required
    self.meaning = meaning
  }

  /// What a mapping may say of it.
  var mappingKeys: [String] {
    let text = ["column", "constant", "separator", "part", "values", "default"]
    return switch kind {
    case .text, .hours: text
    case .number: text + ["scale", "decimal"]
    case .time: ["column", "separator", "part", "unit", "format", "time_zone"]
    case .list: ["column", "constant", "separator", "values", "default", "most_specific"]
    }
  }
}
