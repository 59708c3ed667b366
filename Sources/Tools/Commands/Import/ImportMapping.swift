internal import JSON

/// Where each field of each table comes from.
///
/// A table that the mapping names takes its fields from what stands there and from nothing else; the
/// others take each field from the column of its name.
package struct ImportMapping: Equatable, Sendable {
  package static let help = """
    A mapping (JSON) reads tables with other columns:
      {"items": {"id": "venue_id", "latitude": "lat", "longitude": "lon",
                 "categories": {"column": "tags", "separator": "|"},
                 "rating": {"column": "score", "scale": 0.5}},
       "events": {"time": {"column": "at", "unit": "seconds"}, "user": "user_id", "item": "venue_id",
                  "kind": {"column": "type", "values": {"view": "impression", "buy": "order"}}}}
    A field is a column's name (in JSON Lines also a path such as "location.lat"), or an object with
      column     the column, or  constant  a text that stands for every row
      scale      numbers are multiplied by it          separator  between the categories of one text
      unit       of times                              values     replaces texts by others
    Beside the fields, a table may have "delimiter": ";" and, for files without a header row,
    "header": ["venue_id", …]. A table that the mapping names takes from it all of its fields.
    """

  /// Of what is read as a mapping: a thousand fields would not fill it.
  package static let fileBytesMax = 1 << 20

  var tables: [ImportTable: TableMapping]

  /// Each field from the column of its name.
  package init() {
    tables = [:]
    for table in ImportTable.allCases { tables[table] = TableMapping(defaultsOf: table) }
  }

  /// Throws `ImportError.mapping` with all problems, each as `file:line:column: …`.
  package init(parsing bytes: [UInt8], file: String) throws(ImportError) {
    let root: JSONValue
    do throws(JSONError) { root = try JSONValue(parsing: bytes) } catch {
      throw .mapping(problems: ["\(file):\(error)"])
    }
    var reader = ImportMappingReader(file: file)
    let mapping = reader.mapping(root)
    guard reader.problems.isEmpty else { throw .mapping(problems: reader.problems) }
    self = mapping
  }

  func table(_ table: ImportTable) -> TableMapping {
    tables[table] ?? TableMapping(defaultsOf: table)
  }
}

/// Where the fields of one table come from.
struct TableMapping: Equatable, Sendable {
  var fields: [String: FieldMapping] = [:]
  /// Nil: by the file's name.
  var delimiter: UInt8?
  /// Nil: the first row of the file.
  var header: [String]?
  /// Columns that it names must be there; those of the default need not.
  let isDefault: Bool

  init() { isDefault = false }

  init(defaultsOf table: ImportTable) {
    isDefault = true
    for field in table.fields { fields[field.name] = FieldMapping(source: .column(field.name)) }
  }
}

struct FieldMapping: Equatable, Sendable {
  enum Source: Equatable, Sendable {
    case column(String)
    case constant(String)
  }

  var source: Source
  var scale = 1.0
  var separator = ";"
  var unit = TimeUnit.iso8601
  var values: [String: String] = [:]
}
