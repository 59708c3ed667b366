internal import JSON
internal import Messages

/// One object of a definition while it is read: remembers which keys were asked for, and reports what
/// is absent, of a wrong type or unknown at its place in the file.
struct FeatureObject {
  let position: JSONPosition
  private let members: [JSONMember]
  private let what: String
  private var read: Set<String> = []

  init?(_ value: JSONValue, reader: inout FeatureDefinitionReader, what: String) {
    guard let members = value.object else {
      reader.problem("\(what) is an object, not \(value.typeName)", at: value.position)
      return nil
    }
    position = value.position
    self.members = members
    self.what = what
  }

  func has(_ key: String) -> Bool { members.contains { $0.name == key } }

  private mutating func optional(_ key: String) -> JSONValue? {
    read.insert(key)
    return members.first { $0.name == key }?.value
  }

  private mutating func required(
    _ key: String, reader: inout FeatureDefinitionReader
  ) -> JSONValue? {
    guard let value = optional(key) else {
      reader.problem("\(what) needs \"\(key)\"", at: position)
      return nil
    }
    return value
  }

  mutating func string(_ key: String, reader: inout FeatureDefinitionReader) -> String? {
    guard let value = required(key, reader: &reader) else { return nil }
    if let string = value.string { return string }
    reader.problem("\"\(key)\" is a string, not \(value.typeName)", at: value.position)
    return nil
  }

  mutating func optionalString(_ key: String, reader: inout FeatureDefinitionReader) -> String {
    has(key) ? string(key, reader: &reader) ?? "" : ""
  }

  mutating func array(_ key: String, reader: inout FeatureDefinitionReader) -> [JSONValue]? {
    guard let value = required(key, reader: &reader) else { return nil }
    if let array = value.array { return array }
    reader.problem("\"\(key)\" is an array, not \(value.typeName)", at: value.position)
    return nil
  }

  mutating func version(reader: inout FeatureDefinitionReader) -> Int? {
    guard let value = required("version", reader: &reader) else { return nil }
    if let version = value.int64, (1...Int64(Int32.max)).contains(version) { return Int(version) }
    reader.problem("\"version\" is a whole number from 1", at: value.position)
    return nil
  }

  /// Nil where absent or null, both of which leave the value missing.
  mutating func number(_ key: String, reader: inout FeatureDefinitionReader) -> Float? {
    guard let value = optional(key), !value.isNull else { return nil }
    if let number = value.double, Float(number).isFinite { return Float(number) }
    reader.problem(
      "\"\(key)\" is a number within the range of a 32-bit float, or null", at: value.position)
    return nil
  }

  mutating func columnName(reader: inout FeatureDefinitionReader) -> String? {
    guard let value = required("name", reader: &reader) else { return nil }
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    // Names end up in CSV headers and model files, where no quoting is worth having.
    let lengthMax = 64
    if let name = value.string, let first = name.utf8.first, letters.contains(first),
      name.utf8.count <= lengthMax,
      name.utf8.allSatisfy({
        letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "_")
      })
    {
      return name
    }
    reader.problem(
      "a feature's \"name\" is a letter a-z and then up to \(lengthMax - 1) of a-z, 0-9 and _",
      at: value.position)
    return nil
  }

  mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, among choices: [Choice] = Array(Choice.allCases),
    reader: inout FeatureDefinitionReader
  ) -> Choice? {
    let names = choices.map(\.rawValue)
    guard let index = choice(key, named: names, reader: &reader) else { return nil }
    return choices[index]
  }

  private mutating func choice(
    _ key: String, named names: [String], reader: inout FeatureDefinitionReader
  ) -> Int? {
    guard let value = required(key, reader: &reader) else { return nil }
    guard let text = value.string else {
      reader.problem("\"\(key)\" is a string, not \(value.typeName)", at: value.position)
      return nil
    }
    if let index = names.firstIndex(of: text) { return index }
    let hint =
      nearestName(to: text, among: names).map { "did you mean \"\($0)\"?" }
      ?? "it is one of \(names.joined(separator: ", "))"
    reader.problem("unknown \(key) \"\(text)\"; \(hint)", at: value.position)
    return nil
  }

  /// The name of a feature that stands above.
  mutating func column(
    _ key: String, among columns: Set<String>, reader: inout FeatureDefinitionReader
  ) -> String? {
    guard let value = required(key, reader: &reader) else { return nil }
    guard let name = value.string else {
      reader.problem("\"\(key)\" is a string, not \(value.typeName)", at: value.position)
      return nil
    }
    if columns.contains(name) { return name }
    let hint = nearestName(to: name, among: columns.sorted()).map { "; did you mean \"\($0)\"?" }
    reader.problem("no feature above is called \"\(name)\"\(hint ?? "")", at: value.position)
    return nil
  }

  mutating func event(_ key: String, reader: inout FeatureDefinitionReader) -> EventKind? {
    let kinds: [EventKind] = [.open, .impression, .click, .order, .rating]
    let names = ["open", "impression", "click", "order", "rating"]
    return choice(key, named: names, reader: &reader).map { kinds[$0] }
  }

  mutating func measure(
    _ measures: [Measure], otherwise: Measure?, reader: inout FeatureDefinitionReader
  ) -> Measure? {
    if !has("column"), let otherwise { return otherwise }
    return choice("column", among: measures, reader: &reader)
  }

  mutating func window(_ key: String, reader: inout FeatureDefinitionReader) -> TimeSpan? {
    guard let value = required(key, reader: &reader) else { return nil }
    if let text = value.string, let span = TimeSpan(text) { return span }
    reader.problem(
      "\"\(key)\" is a whole number of s, m, h or d, such as \"24h\" or \"7d\", or \"all\"",
      at: value.position)
    return nil
  }

  mutating func halfLifeMilliseconds(reader: inout FeatureDefinitionReader) -> Int64? {
    guard let value = required("half_life", reader: &reader) else { return nil }
    if let text = value.string, case .milliseconds(let milliseconds) = TimeSpan(text) {
      return milliseconds
    }
    reader.problem(
      "\"half_life\" is a whole number of s, m, h or d, such as \"24h\" or \"7d\"",
      at: value.position)
    return nil
  }

  /// 0 where absent, which leaves each hour to itself.
  mutating func hoursAround(
    of entity: FeatureEntity?, reader: inout FeatureDefinitionReader
  ) -> Int {
    guard let value = optional("hours_around") else { return 0 }
    let entities = FeatureEntity.allCases.filter(\.hasHour)
    require(entity, entities, for: "what has \"hours_around\"", reader: &reader)
    let hoursMax = Int64(HourKernel.hoursAroundMax)
    if let hours = value.int64, (1...hoursMax).contains(hours) { return Int(hours) }
    reader.problem("\"hours_around\" is a whole number from 1 to \(hoursMax)", at: value.position)
    return 0
  }

  mutating func eventAndWindow(
    reader: inout FeatureDefinitionReader
  ) -> (EventKind?, TimeSpan?) {
    (event("event", reader: &reader), window("window", reader: &reader))
  }

  func require(
    _ entity: FeatureEntity?, _ entities: [FeatureEntity], for what: String,
    reader: inout FeatureDefinitionReader
  ) {
    guard let entity, !entities.contains(entity) else { return }
    let value = members.first { $0.name == "entity" }?.value
    let names = entities.map(\.rawValue).joined(separator: ", ")
    reader.problem(
      "\(what) is of entity \(names), not \(entity.rawValue)", at: value?.position ?? position)
  }

  /// Keys that the kind knows but this computation does not read would be silently without effect.
  mutating func refuseUnread(
    _ keys: [String], because reason: String, reader: inout FeatureDefinitionReader
  ) {
    for member in members where keys.contains(member.name) && !read.contains(member.name) {
      reader.problem("\"\(member.name)\" is no parameter \(reason)", at: member.position)
    }
  }

  func refuseOthers(known: [String], reader: inout FeatureDefinitionReader) {
    for member in members where !known.contains(member.name) {
      let hint = nearestName(to: member.name, among: known).map { "; did you mean \"\($0)\"?" }
      reader.problem("unknown key \"\(member.name)\"\(hint ?? "")", at: member.position)
    }
  }
}
