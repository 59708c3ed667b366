/// How one field of a message travels.
package struct FieldShape: Sendable {
  /// protobuf's scalar types, by the names that they have in .proto files.
  package enum Scalar: String, Sendable, CaseIterable {
    case int32, sint32, sfixed32, int64, sint64, sfixed64, uint32, fixed32, uint64, fixed64
    case float, double, bool, string, bytes
  }

  package enum Kind: Equatable, Sendable {
    case scalar(Scalar)
    /// By full name.
    case message(String)
    case enumeration(String)
  }

  /// As in the .proto file: `radius_km`.
  package let name: String
  /// As in JSON: `radiusKm`.
  package let jsonName: String
  package let number: UInt32
  package let kind: Kind
  package let isRepeated: Bool
  package let isPacked: Bool
  /// Fields of one message with the same number exclude one another; 0: none.
  package let oneof: UInt32

  /// Numbers that a tag has room for.
  static let numbers: ClosedRange<UInt32> = 1...(1 << 29 - 1)

  init(_ description: FieldDescription) throws(TranscodingError) {
    name = description.name
    jsonName = Self.lowerCamelCase(description.name)
    number = description.number
    isRepeated = description.repeated
    oneof = description.oneof
    switch description.type {
    case "message": kind = .message(description.typeName)
    case "enum": kind = .enumeration(description.typeName)
    default:
      guard let scalar = Scalar(rawValue: description.type) else {
        throw TranscodingError("no type \(description.type) is known", at: nil, path: name)
      }
      kind = .scalar(scalar)
    }
    isPacked = isRepeated && description.packed && kind.isPackable
    guard Self.numbers.contains(number) else {
      throw TranscodingError("\(number) is no field number", at: nil, path: name)
    }
  }

  /// protobuf's own rule: an underscore goes, and the letter after it is capitalised.
  static func lowerCamelCase(_ name: String) -> String {
    var result = ""
    var capitalises = false
    for character in name {
      if character == "_" {
        capitalises = true
      } else {
        result += capitalises ? character.uppercased() : String(character)
        capitalises = false
      }
    }
    return result
  }

  /// Absent and holding its default are the same for it.
  var hasImplicitPresence: Bool {
    if case .message = kind { return false }
    return oneof == 0 && !isRepeated
  }
}

extension FieldShape.Kind {
  var isPackable: Bool { wireType != .delimited }

  var wireType: WireType {
    switch self {
    case .message: .delimited
    case .enumeration: .varint
    case .scalar(let scalar): scalar.wireType
    }
  }
}

extension FieldShape.Scalar {
  var wireType: WireType {
    switch self {
    case .int32, .sint32, .int64, .sint64, .uint32, .uint64, .bool: .varint
    case .sfixed32, .fixed32, .float: .fixed32
    case .sfixed64, .fixed64, .double: .fixed64
    case .string, .bytes: .delimited
    }
  }
}
