/// The fields of one row, read as what they are. An empty field is nil.
struct RowFields {
  let row: InputRow
  let mapping: TableMapping
  /// Of columns, in a CSV row.
  let indexes: [String: Int]

  /// What a field has for its row.
  struct Written {
    let text: String
    /// A constant, a default or a replacement: as it is to be, not scaled.
    let isFinal: Bool
  }

  /// False for a row that the mapping leaves out.
  func isKept() throws(RowProblem) -> Bool {
    for (column, kept) in mapping.keep {
      switch try row.value(column: column, index: indexes[column]) {
      case .missing: guard kept.contains("") else { return false }
      case .text(let text): guard kept.contains(text) else { return false }
      case .list: throw RowProblem("keep (column \"\(column)\") is an array")
      }
    }
    return true
  }

  /// For messages: the field, and the columns where they have another name.
  func subject(_ name: String) -> String {
    guard case .columns(let columns)? = mapping.fields[name]?.source, columns != [name] else {
      return name
    }
    let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
    return "\(name) (\(columns.count == 1 ? "column" : "columns") \(names))"
  }

  // MARK: Texts

  private func value(column: String) throws(RowProblem) -> InputValue {
    let value = try row.value(column: column, index: indexes[column])
    if case .text(let text) = value, mapping.empty.contains(text) { return .missing }
    return value
  }

  func value(_ columns: [String], _ name: String) throws(RowProblem) -> InputValue {
    if columns.count == 1 { return try value(column: columns[0]) }
    var texts: [String] = []
    for column in columns {
      switch try value(column: column) {
      case .missing: continue
      case .text(let text): texts.append(text)
      case .list: throw RowProblem("\(subject(name)): one is an array")
      }
    }
    return texts.isEmpty ? .missing : .text(texts.joined(separator: " "))
  }

  func written(_ name: String) throws(RowProblem) -> Written? {
    guard let field = mapping.fields[name] else { return nil }
    guard case .columns(let columns) = field.source else {
      if case .constant(let text) = field.source { return Written(text: text, isFinal: true) }
      return nil
    }
    guard let text = try text(try value(columns, name), field, name) else {
      return field.fallback.map { Written(text: $0, isFinal: true) }
    }
    guard let replaced = field.values[text] else { return Written(text: text, isFinal: false) }
    let final = replaced.isEmpty ? field.fallback : replaced
    return final.map { Written(text: $0, isFinal: true) }
  }

  /// The part that the field wants; nil where it is not there.
  private func text(
    _ value: InputValue, _ field: FieldMapping, _ name: String
  ) throws(RowProblem) -> String? {
    let parts: [String]
    switch value {
    case .missing: return nil
    case .text(let text):
      guard field.part != nil else { return text }
      parts = Self.split(text, by: field.separator)
    case .list(let texts): parts = texts
    }
    guard let part = field.part else {
      throw RowProblem("\(subject(name)) is an array; \"part\" chooses one of it")
    }
    guard part <= parts.count, !parts[part - 1].isEmpty else { return nil }
    return mapping.empty.contains(parts[part - 1]) ? nil : parts[part - 1]
  }

  func text(_ name: String) throws(RowProblem) -> String? { try written(name)?.text }

  func requiredText(_ name: String) throws(RowProblem) -> String {
    guard let text = try text(name) else { throw missing(name) }
    return text
  }

  func missing(_ name: String) -> RowProblem { RowProblem("no \(subject(name))") }

  /// Ours for a word of theirs; throws what ours are.
  func word<Word>(
    _ name: String, _ known: String, _ read: (String) -> Word?
  ) throws(RowProblem) -> Word {
    let text = try requiredText(name)
    if let word = read(text) { return word }
    let hint = mapping.isDefault ? "" : "; \"values\" translates, \"keep\" leaves out"
    throw RowProblem("\(subject(name)) is none of \(known)\(hint)", RowProblem.quote(text))
  }

  /// Without the spaces around each part; empty parts count.
  static func split(_ text: String, by separator: String) -> [String] {
    let (bytes, mark) = (Array(text.utf8), Array(separator.utf8))
    var parts: [String] = []
    var start = 0
    func close(_ end: Int) {
      let part = bytes[start..<end].drop { $0 == UInt8(ascii: " ") }
      let last = part.lastIndex { $0 != UInt8(ascii: " ") }
      parts.append(last.map { String(decoding: part[...$0], as: UTF8.self) } ?? "")
    }
    var at = 0
    while at < bytes.count {
      if bytes[at...].starts(with: mark) {
        close(at)
        at += mark.count
        start = at
      } else {
        at += 1
      }
    }
    close(bytes.count)
    return parts
  }
}
