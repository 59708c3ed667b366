internal import JSON

/// What a mapping says of one field.
extension ImportMappingReader {
  mutating func field(_ field: ImportField, _ value: JSONValue) -> FieldMapping? {
    if let column = value.string { return FieldMapping(source: .column(column)) }
    guard let members = value.object else {
      problem(
        "\"\(field.name)\" is a column's name or an object, not \(value.typeName)",
        at: value.position)
      return nil
    }
    guard let source = source(field, value) else {
      for member in members where !field.mappingKeys.contains(member.name) {
        unknown("key of \"\(field.name)\"", member, among: field.mappingKeys)
      }
      return nil
    }
    var mapping = FieldMapping(source: source)
    for member in members {
      if field.mappingKeys.contains(member.name) {
        read(member, into: &mapping)
      } else {
        unknown("key of \"\(field.name)\"", member, among: field.mappingKeys)
      }
    }
    if field.kind == .time { checkTime(mapping, field, value) }
    return mapping
  }

  private mutating func source(
    _ field: ImportField, _ value: JSONValue
  ) -> FieldMapping.Source? {
    switch (value["column"], value["constant"]) {
    case (let column?, nil): return columns(column).map { .columns($0) }
    case (nil, let constant?) where field.mappingKeys.contains("constant"):
      return text("constant", constant).map { .constant($0) }
    default:
      problem("\"\(field.name)\" needs either \"column\" or \"constant\"", at: value.position)
      return nil
    }
  }

  private mutating func columns(_ value: JSONValue) -> [String]? {
    let names = value.string.map { [$0] } ?? value.array?.compactMap(\.string) ?? []
    if !names.isEmpty, !names.contains(""), names.count == value.array?.count ?? 1 {
      return names
    }
    problem("\"column\" is a column's name, or an array of them", at: value.position)
    return nil
  }

  private mutating func read(_ member: JSONMember, into mapping: inout FieldMapping) {
    let value = member.value
    switch member.name {
    case "separator": mapping.separator = text("separator", value) ?? mapping.separator
    case "part": mapping.part = part(value)
    case "values": mapping.values = replacements(value)
    case "default": mapping.fallback = text("default", value)
    case "scale": mapping.scale = scale(value)
    case "decimal": mapping.decimal = choice("decimal", value) ?? mapping.decimal
    case "unit": mapping.unit = choice("unit", value) ?? mapping.unit
    case "format": mapping.pattern = pattern(value)
    case "time_zone": mapping.clock = clock(value)
    case "most_specific": mapping.mostSpecific = choice("most_specific", value) ?? .first
    default: break
    }
  }

  private mutating func text(_ key: String, _ value: JSONValue) -> String? {
    if let text = value.plainText, !text.isEmpty { return text }
    problem("\"\(key)\" is a text that is not empty", at: value.position)
    return nil
  }

  private mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, _ value: JSONValue
  ) -> Choice? {
    if let known = value.string.flatMap(Choice.init(rawValue:)) { return known }
    let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    problem("\"\(key)\" is one of \(names)", at: value.position)
    return nil
  }

  private mutating func part(_ value: JSONValue) -> Int? {
    if let part = value.int64.flatMap(Int.init(exactly:)), part >= 1 { return part }
    problem("\"part\" is a whole number from 1", at: value.position)
    return nil
  }

  private mutating func scale(_ value: JSONValue) -> Double {
    if let number = value.double, number != 0 { return number }
    problem("\"scale\" is a number other than 0", at: value.position)
    return 1
  }

  private mutating func replacements(_ value: JSONValue) -> [String: String] {
    var result: [String: String] = [:]
    for member in value.object ?? [] { result[member.name] = member.value.plainText }
    if value.object == nil || result.count != value.object?.count {
      problem("\"values\" is an object of texts", at: value.position)
    }
    return result
  }

  private mutating func pattern(_ value: JSONValue) -> TimePattern? {
    guard let text = value.string else {
      problem("\"format\" is a text like %d.%m.%Y %H:%M", at: value.position)
      return nil
    }
    do throws(TimePattern.Invalid) {
      return try TimePattern(text)
    } catch {
      problem("\"format\": \(error)", at: value.position)
      return nil
    }
  }

  /// Times that nobody could place are refused before a row is read.
  private mutating func checkTime(
    _ mapping: FieldMapping, _ field: ImportField, _ value: JSONValue
  ) {
    if value["unit"] != nil, value["format"] != nil {
      problem("\"\(field.name)\" has a unit and a format; it is one of them", at: value.position)
    }
    let hasZone = value["time_zone"] != nil
    if let pattern = mapping.pattern, !pattern.hasOffset, !hasZone {
      problem(
        "\"\(field.name)\" has no offset (%z): its \"time_zone\" is needed", at: value.position)
    }
    if hasZone, mapping.pattern == nil, mapping.unit != .iso8601 {
      problem(
        "\"time_zone\" says nothing of times in \(mapping.unit.rawValue)", at: value.position)
    }
  }
}
