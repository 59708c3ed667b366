internal import JSON

/// What a row has for one field.
enum InputValue: Equatable {
  case missing
  case text(String)
  /// An array in JSON Lines.
  case list([String])
}

/// One row of a table, whatever its format.
struct InputRow {
  enum Content {
    /// CSV: the texts in the order of the header.
    case fields([String])
    /// JSON Lines.
    case object(JSONValue)
  }

  let line: Int
  let content: Content

  /// `index` is the column's place in a header.
  func value(column: String, index: Int?) throws(RowProblem) -> InputValue {
    switch content {
    case .fields(let fields):
      guard let index, index < fields.count else { return .missing }
      return Self.trimmed(fields[index])
    case .object(let object):
      guard let value = Self.member(column, of: object) else { return .missing }
      return try Self.value(value, column: column)
    }
  }

  private static func trimmed(_ text: String) -> InputValue {
    func isSpace(_ byte: UInt8?) -> Bool {
      byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
    guard isSpace(text.utf8.first) || isSpace(text.utf8.last) else {
      return text.isEmpty ? .missing : .text(text)
    }
    let head = text.utf8.drop(while: isSpace)
    guard let last = head.lastIndex(where: { !isSpace($0) }) else { return .missing }
    return .text(String(Substring(head[...last])))
  }

  /// Whether a row of JSON Lines has the column at all.
  func has(column: String) -> Bool {
    guard case .object(let object) = content else { return true }
    return Self.member(column, of: object) != nil
  }

  /// A name that is there as it is comes before a path. The path of an array is that of each of its
  /// objects: `tags.name`.
  private static func member(_ name: String, of object: JSONValue) -> JSONValue? {
    if let value = object[name] { return value }
    var values = [object]
    var isList = false
    for part in name.split(separator: ".", omittingEmptySubsequences: false) {
      if values.contains(where: { $0.array != nil }) {
        isList = true
        values = values.flatMap { $0.array ?? [$0] }
      }
      values = values.compactMap { $0[String(part)] }
    }
    guard isList else { return values.first }
    return values.isEmpty ? nil : JSONValue(.array(values), position: object.position)
  }

  private static func value(_ value: JSONValue, column: String) throws(RowProblem) -> InputValue {
    if value.isNull { return .missing }
    if let text = try scalar(value, column) { return trimmed(text) }
    guard let array = value.array else {
      throw RowProblem("\(column) is an object")
    }
    var texts: [String] = []
    for element in array {
      guard let text = try scalar(element, column) else {
        throw RowProblem("\(column) is an array of more than texts")
      }
      texts.append(text)
    }
    return .list(texts)
  }

  private static func scalar(_ value: JSONValue, _ column: String) throws(RowProblem) -> String? {
    let text = value.plainText
    if let text, text.utf8.contains(0) { throw RowProblem("\(column) holds a zero byte") }
    return text
  }
}
