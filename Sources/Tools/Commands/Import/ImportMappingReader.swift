internal import Definitions
internal import JSON
internal import Messages

/// From JSON to a mapping. Reads on after a problem, so that one run names them all.
struct ImportMappingReader {
  private let file: String
  private let compileZone: (String) throws -> Zone
  private(set) var problems: [String] = []

  init(file: String, compileZone: @escaping (String) throws -> Zone) {
    self.file = file
    self.compileZone = compileZone
  }

  mutating func problem(_ message: String, at position: JSONPosition) {
    problems.append("\(file):\(position): \(message)")
  }

  mutating func mapping(_ root: JSONValue) -> ImportMapping {
    var mapping = ImportMapping()
    guard let members = root.object else {
      problem("a mapping is an object, not \(root.typeName)", at: root.position)
      return mapping
    }
    for member in members {
      guard let table = ImportTable(rawValue: member.name) else {
        unknown("table", member, among: ImportTable.allCases.map(\.rawValue))
        continue
      }
      mapping.tables[table] = self.table(table, member.value)
    }
    return mapping
  }

  mutating func unknown(_ what: String, _ member: JSONMember, among names: [String]) {
    let hint =
      nearestName(to: member.name, among: names).map { "did you mean \"\($0)\"?" }
      ?? "it is one of \(names.joined(separator: ", "))"
    problem("unknown \(what) \"\(member.name)\"; \(hint)", at: member.position)
  }

  private mutating func table(_ table: ImportTable, _ value: JSONValue) -> TableMapping {
    var mapping = TableMapping()
    guard let members = value.object else {
      problem("\"\(table.rawValue)\" is an object, not \(value.typeName)", at: value.position)
      return mapping
    }
    for member in members {
      if let field = table.fields.first(where: { $0.name == member.name }) {
        mapping.fields[field.name] = self.field(field, member.value)
      } else if table.mappingKeys.contains(member.name) {
        read(member, into: &mapping)
      } else {
        unknown(
          "field of \(table.rawValue)", member,
          among: table.fields.map(\.name) + table.mappingKeys)
      }
    }
    for field in table.fields where field.isRequired && value[field.name] == nil {
      problem("\"\(table.rawValue)\" needs \"\(field.name)\"", at: value.position)
    }
    return mapping
  }

  /// What a table has beside its fields.
  private mutating func read(_ member: JSONMember, into mapping: inout TableMapping) {
    switch member.name {
    case "delimiter": mapping.delimiter = delimiter(member.value)
    case "header": mapping.header = header(member.value)
    case "empty": mapping.empty = texts("empty", member.value)
    case "keep": mapping.keep = keep(member.value)
    default:
      if member.value.bool == nil {
        problem("\"repeats\" is true or false", at: member.value.position)
      }
      mapping.repeats = member.value.bool ?? false
    }
  }

  private mutating func delimiter(_ value: JSONValue) -> UInt8? {
    if let text = value.string, text.utf8.count == 1, let byte = text.utf8.first,
      !"\"\r\n".utf8.contains(byte)
    {
      return byte
    }
    problem("\"delimiter\" is one ASCII character, no quote or line end", at: value.position)
    return nil
  }

  private mutating func header(_ value: JSONValue) -> [String]? {
    let names = value.array?.compactMap(\.string) ?? []
    if !names.isEmpty, names.count == value.array?.count, Set(names).count == names.count {
      return names
    }
    problem("\"header\" is an array of different column names", at: value.position)
    return nil
  }

  private mutating func texts(_ key: String, _ value: JSONValue) -> Set<String> {
    let texts = value.array?.compactMap(\.plainText) ?? []
    if texts.isEmpty || texts.count != value.array?.count {
      problem("\"\(key)\" is an array of texts", at: value.position)
    }
    return Set(texts)
  }

  private mutating func keep(_ value: JSONValue) -> [String: Set<String>] {
    guard let members = value.object, !members.isEmpty else {
      problem("\"keep\" is an object of columns with the values to keep", at: value.position)
      return [:]
    }
    var keep: [String: Set<String>] = [:]
    for member in members { keep[member.name] = texts(member.name, member.value) }
    return keep
  }

  /// Nil where the machine does not know the zone.
  mutating func clock(_ value: JSONValue) -> WallClock? {
    guard let name = value.string else {
      problem("\"time_zone\" is a name like Europe/Berlin", at: value.position)
      return nil
    }
    do {
      return WallClock(try ZoneTable(try compileZone(name)))
    } catch {
      problem("\(error)", at: value.position)
      return nil
    }
  }
}

extension JSONValue {
  /// As a column has it: numbers as they are written.
  var plainText: String? { string ?? number ?? bool.map { "\($0)" } }
}
