internal import Definitions
internal import JSON
package import Messages

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
    A field is a column's name (in JSON Lines also a path such as "location.lat"), or an object:
      column         the column; several, as ["date", "time"], are joined by a space
      constant       instead of a column: what stands for every row
      separator      between the parts of one text, by default ;
      part           which of them it is, from 1; also of an array
      values         {"their word": "ours"}, compared with the whole text
      default        where the column is empty
      scale          numbers are multiplied by it
      decimal        "," where numbers are written 8,5
      unit           of times, see above
      format         of times, as strptime has it, of \(TimePattern.fields)
      time_zone      whose clock shows the times that have no offset, such as Europe/Berlin
      most_specific  "last" for categories such as Food > Thai
    A constant, a default and what values puts in are taken as they are: not scaled.
    Beside the fields, a table may have
      delimiter      one character; files of any name are then read as CSV
      header         ["venue_id", …] for files without a header row
      empty          ["NULL", "-"]: texts that stand for nothing
      keep           {"status": ["delivered"]}: rows with another value are left out
      repeats        true: a later row of the same id is left out, not a bad row (items, users)
    A table that the mapping names takes from it all of its fields.
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
  /// - Parameter compileZone: makes the time zones that it names.
  package init(
    parsing bytes: [UInt8], file: String,
    compileZone: @escaping (String) throws -> Zone = ZoneCompiler.compile
  ) throws(ImportError) {
    let root: JSONValue
    do throws(JSONError) { root = try JSONValue(parsing: bytes) } catch {
      throw .mapping(problems: ["\(file):\(error)"])
    }
    var reader = ImportMappingReader(file: file, compileZone: compileZone)
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
  /// Texts that stand for nothing.
  var empty: Set<String> = []
  /// Columns and what they must have; other rows are left out.
  var keep: [String: Set<String>] = [:]
  /// Whether a later row of an id is passed over.
  var repeats = false
  /// Columns that it names must be there; those of the default need not.
  let isDefault: Bool

  init() { isDefault = false }

  init(defaultsOf table: ImportTable) {
    isDefault = true
    for field in table.fields { fields[field.name] = FieldMapping(source: .column(field.name)) }
  }

  /// All that it reads, with what for, in the table's order.
  func columns(of table: ImportTable) -> [(name: String, use: String, isRequired: Bool)] {
    var columns: [(String, String, Bool)] = []
    for field in table.fields {
      guard case .columns(let names)? = fields[field.name]?.source else { continue }
      columns += names.map { ($0, field.name, field.isRequired) }
    }
    return columns + keep.keys.sorted().map { ($0, "keep", true) }
  }
}

struct FieldMapping: Equatable, Sendable {
  enum Source: Equatable, Sendable {
    /// Joined by spaces where there are several.
    case columns([String])
    case constant(String)

    static func column(_ name: String) -> Source { .columns([name]) }
  }

  enum Decimal: String, CaseIterable, Sendable {
    case point = "."
    case comma = ","
  }

  enum MostSpecific: String, CaseIterable, Sendable {
    case first
    case last
  }

  var source: Source
  var separator = ";"
  /// From 1; nil: the whole.
  var part: Int?
  var values: [String: String] = [:]
  /// Where the column is empty.
  var fallback: String?
  var scale = 1.0
  var decimal = Decimal.point
  var unit = TimeUnit.iso8601
  /// Instead of the unit.
  var pattern: TimePattern?
  var clock: WallClock?
  var mostSpecific = MostSpecific.first
}
