internal import JSON
internal import Node

/// From JSON to a mapping. Reads on after a problem, so that one run names them all.
struct ImportMappingReader {
  private let file: String
  private(set) var problems: [String] = []

  init(file: String) { self.file = file }

  private mutating func problem(_ message: String, at position: JSONPosition) {
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

  private mutating func unknown(_ what: String, _ member: JSONMember, among names: [String]) {
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
    let known = table.fields.map(\.name) + ["delimiter", "header"]
    for member in members {
      if member.name == "delimiter" {
        mapping.delimiter = delimiter(member.value)
      } else if member.name == "header" {
        mapping.header = header(member.value)
      } else if let field = table.fields.first(where: { $0.name == member.name }) {
        mapping.fields[field.name] = self.field(field, member.value)
      } else {
        unknown("field of \(table.rawValue)", member, among: known)
      }
    }
    for field in table.fields where field.isRequired && value[field.name] == nil {
      problem("\"\(table.rawValue)\" needs \"\(field.name)\"", at: value.position)
    }
    return mapping
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

  private mutating func field(_ field: ImportField, _ value: JSONValue) -> FieldMapping? {
    if let column = value.string { return FieldMapping(source: .column(column)) }
    guard let members = value.object else {
      problem(
        "\"\(field.name)\" is a column's name or an object, not \(value.typeName)",
        at: value.position)
      return nil
    }
    for member in members where !field.mappingKeys.contains(member.name) {
      unknown("key of \"\(field.name)\"", member, among: field.mappingKeys)
    }
    guard var mapping = source(field, value) else { return nil }
    if let scale = value["scale"] { read(scale, into: &mapping) }
    if let separator = value["separator"] {
      mapping.separator = text("separator", separator) ?? mapping.separator
    }
    if let unit = value["unit"] {
      if let known = unit.string.flatMap(TimeUnit.init(rawValue:)) {
        mapping.unit = known
      } else {
        let names = TimeUnit.allCases.map(\.rawValue).joined(separator: ", ")
        problem("\"unit\" is one of \(names)", at: unit.position)
      }
    }
    if let values = value["values"] { mapping.values = replacements(values) }
    return mapping
  }

  private mutating func source(_ field: ImportField, _ value: JSONValue) -> FieldMapping? {
    switch (value["column"], value["constant"]) {
    case (let column?, nil):
      return text("column", column).map { FieldMapping(source: .column($0)) }
    case (nil, let constant?) where field.mappingKeys.contains("constant"):
      return constantText(constant).map { FieldMapping(source: .constant($0)) }
    default:
      problem("\"\(field.name)\" needs either \"column\" or \"constant\"", at: value.position)
      return nil
    }
  }

  private mutating func constantText(_ value: JSONValue) -> String? {
    value.number ?? text("constant", value)
  }

  private mutating func text(_ key: String, _ value: JSONValue) -> String? {
    if let text = value.string, !text.isEmpty { return text }
    problem("\"\(key)\" is a text that is not empty", at: value.position)
    return nil
  }

  private mutating func read(_ scale: JSONValue, into mapping: inout FieldMapping) {
    if let number = scale.double, number != 0 {
      mapping.scale = number
    } else {
      problem("\"scale\" is a number other than 0", at: scale.position)
    }
  }

  private mutating func replacements(_ value: JSONValue) -> [String: String] {
    var result: [String: String] = [:]
    for member in value.object ?? [] { result[member.name] = member.value.string }
    if value.object == nil || result.count != value.object?.count {
      problem("\"values\" is an object of texts", at: value.position)
    }
    return result
  }
}
