/// A JSON value and where it stood in its text, so that whoever finds it unfit can name the place.
package struct JSONValue: Sendable {
  package var position: JSONPosition
  package var kind: Kind

  package enum Kind: Sendable {
    case null
    case bool(Bool)
    /// As written, since a 64-bit integer does not survive a Double.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// In the order of the text; names are unique.
    case object([JSONMember])
  }

  package init(_ kind: Kind, position: JSONPosition = JSONPosition(line: 1, column: 1)) {
    self.kind = kind
    self.position = position
  }
}

/// One `"name": value` of an object; the position is the name's.
package struct JSONMember: Sendable {
  package var name: String
  package var position: JSONPosition
  package var value: JSONValue

  package init(
    _ name: String, _ value: JSONValue, position: JSONPosition = JSONPosition(line: 1, column: 1)
  ) {
    self.name = name
    self.position = position
    self.value = value
  }
}

extension JSONValue {
  /// The member's value; nil too where this is no object.
  package subscript(name: String) -> JSONValue? {
    object?.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
  }

  package var isNull: Bool { if case .null = kind { true } else { false } }

  package var bool: Bool? { if case .bool(let value) = kind { value } else { nil } }

  package var string: String? { if case .string(let value) = kind { value } else { nil } }

  package var array: [JSONValue]? { if case .array(let values) = kind { values } else { nil } }

  package var object: [JSONMember]? { if case .object(let members) = kind { members } else { nil } }

  /// The number as it was written.
  package var number: String? { if case .number(let text) = kind { text } else { nil } }

  /// The nearest Double; nil where this is no number or lies beyond the finite ones.
  package var double: Double? {
    guard let number, let value = Double(number), value.isFinite else { return nil }
    return value
  }

  /// Exact or nil: `12`, `12.0` and `1.2e1` are 12; `12.5` and numbers out of range are nil.
  package var int64: Int64? { number.flatMap { Int64(exactDecimal: $0) } }

  /// Exact or nil, as `int64`.
  package var uint64: UInt64? { number.flatMap { UInt64(exactDecimal: $0) } }

  /// For messages: `a number`, `an object`.
  package var typeName: String {
    switch kind {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
