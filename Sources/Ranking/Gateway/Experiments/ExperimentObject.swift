internal import JSON

/// One object of a file of experiments while it is read: reports what is absent, of a wrong type or
/// unknown at its place in the file.
struct ExperimentObject {
  let position: JSONPosition
  private let members: [JSONMember]
  private let what: String

  init?(_ value: JSONValue, keys: [String], reader: inout ExperimentReader, what: String) {
    guard let members = value.object else {
      reader.problem("\(what) is an object, not \(value.typeName)", at: value.position)
      return nil
    }
    position = value.position
    self.members = members
    self.what = what
    for member in members where !keys.contains(member.name) {
      let hint = nearestName(to: member.name, among: keys).map { "; did you mean \"\($0)\"?" }
      reader.problem("unknown key \"\(member.name)\"\(hint ?? "")", at: member.position)
    }
  }

  subscript(key: String) -> JSONValue? { members.first { $0.name == key }?.value }

  func position(of key: String) -> JSONPosition { self[key]?.position ?? position }

  private func required(_ key: String, _ reader: inout ExperimentReader) -> JSONValue? {
    guard let value = self[key] else {
      reader.problem("\(what) needs \"\(key)\"", at: position)
      return nil
    }
    return value
  }

  func name(reader: inout ExperimentReader) -> String? {
    guard let value = required("name", &reader) else { return nil }
    if let name = value.string, Experiment.isName(name) { return name }
    reader.problem("\"name\" of \(what) is \(Experiment.nameRule)", at: value.position)
    return nil
  }

  func array(_ key: String, in count: ClosedRange<Int>, reader: inout ExperimentReader)
    -> [JSONValue]?
  {
    guard let value = required(key, &reader) else { return nil }
    guard let array = value.array else {
      reader.problem("\"\(key)\" is an array, not \(value.typeName)", at: value.position)
      return nil
    }
    guard count.contains(array.count) else {
      reader.problem(
        "\"\(key)\" has \(array.count) entries; \(count.lowerBound) to \(count.upperBound) are possible",
        at: value.position)
      return nil
    }
    return array
  }

  func choice(_ key: String, among names: [String], reader: inout ExperimentReader) -> String? {
    guard let value = required(key, &reader) else { return nil }
    guard let text = value.string else {
      reader.problem("\"\(key)\" is a string, not \(value.typeName)", at: value.position)
      return nil
    }
    if names.contains(text) { return text }
    let hint =
      nearestName(to: text, among: names).map { "did you mean \"\($0)\"?" }
      ?? "it is one of \(names.joined(separator: ", "))"
    reader.problem("unknown \(key) \"\(text)\"; \(hint)", at: value.position)
    return nil
  }

  /// Nil where absent, too.
  func number(_ key: String, in range: ClosedRange<Double>, reader: inout ExperimentReader)
    -> Double?
  {
    guard let value = self[key] else { return nil }
    if let number = value.double, range.contains(number) { return number }
    reader.problem(
      "\"\(key)\" is a number from \(range.lowerBound) to \(range.upperBound)", at: value.position)
    return nil
  }

  func required(
    _ key: String, in range: ClosedRange<Double>, reader: inout ExperimentReader
  ) -> Double? {
    required(key, &reader) == nil ? nil : number(key, in: range, reader: &reader)
  }

  /// A part of the layer, in millionths.
  func fraction(_ key: String, reader: inout ExperimentReader) -> Int? {
    guard let value = required(key, &reader) else { return nil }
    if let number = value.double, (0...1).contains(number) {
      let parts = number * Double(ExperimentLayer.parts)
      // A product of six decimals is off by far less, one of seven by far more.
      if abs(parts - parts.rounded()) < 1e-6 { return Int(parts.rounded()) }
    }
    reader.problem(
      "\"\(key)\" is a number from 0 to 1, of six decimals at most", at: value.position)
    return nil
  }

  func integer(_ key: String, in range: ClosedRange<Int>, reader: inout ExperimentReader) -> Int? {
    guard let value = self[key] else { return nil }
    if let number = value.int64, range.contains(Int(number)) { return Int(number) }
    reader.problem(
      "\"\(key)\" is a whole number from \(range.lowerBound) to \(range.upperBound)",
      at: value.position)
    return nil
  }

  /// Where there is one and it can be read as what it should be.
  func value<T>(
    _ key: String, _ rule: String, reader: inout ExperimentReader, parse: (String) -> T?
  ) -> T? {
    guard let value = self[key] else { return nil }
    if let text = value.string, let parsed = parse(text) { return parsed }
    reader.problem("\"\(key)\" is \(rule)", at: value.position)
    return nil
  }
}
