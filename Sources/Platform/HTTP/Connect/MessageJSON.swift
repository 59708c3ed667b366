internal import CMessages
internal import RPC

/// Prints messages as protobuf's JSON straight from memory, as protobuf-c has them there: packing them
/// first, to read the bytes back as a tree, costs three times as much.
///
/// What it prints is what `MessageSchema.decode` prints of the same message. Only for messages of
/// this program: pointers and counts are believed. Confined to its loop.
final class MessageJSON {
  private enum Kind {
    case int32, uint32, int64, uint64, float, double, bool, string, bytes
    case enumeration([Int32: [UInt8]])
    case message(Int)
  }

  private struct Field {
    /// `"radiusKm":`
    let key: [UInt8]
    let number: UInt32
    let kind: Kind
    let offset: Int
    /// Of the count of a repeated field, or of the number of the field that is set in a oneof.
    let quantifierOffset: Int
    let isRepeated: Bool
    let isInOneof: Bool
    /// From one value to the next.
    let stride: Int
  }

  private let schema: MessageSchema
  private var shapes: [[Field]] = []
  private var indexes: [UnsafePointer<ProtobufCMessageDescriptor>: Int] = [:]
  /// Of the last answer: the next one is likely to be as long.
  private var capacity = 256

  init(_ schema: MessageSchema) { self.schema = schema }

  func print(_ message: UnsafePointer<ProtobufCMessage>) -> [UInt8] {
    let base = UnsafeRawPointer(message)
    let shape = shapes[index(of: message.pointee.descriptor)]
    var output: [UInt8] = []
    output.reserveCapacity(capacity)
    print(base, shape, to: &output)
    capacity = max(256, output.count)
    return output
  }

  // MARK: Shapes

  private func index(of descriptor: UnsafePointer<ProtobufCMessageDescriptor>) -> Int {
    if let index = indexes[descriptor] { return index }
    let index = shapes.count
    // Before its fields are looked at, which may be of the same type.
    indexes[descriptor] = index
    shapes.append([])
    let names = schema.message(String(cString: descriptor.pointee.name))
    shapes[index] = UnsafeBufferPointer(
      start: descriptor.pointee.fields, count: Int(descriptor.pointee.n_fields)
    ).map { field in
      let known = names?.fields.first { $0.number == field.id }
      return self.field(field, known?.jsonName ?? String(cString: field.name))
    }
    return index
  }

  private func field(_ field: ProtobufCFieldDescriptor, _ name: String) -> Field {
    let (kind, stride) = kind(of: field)
    return Field(
      key: Array("\"\(name)\":".utf8), number: field.id, kind: kind, offset: Int(field.offset),
      quantifierOffset: Int(field.quantifier_offset),
      isRepeated: field.label == PROTOBUF_C_LABEL_REPEATED,
      isInOneof: field.flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0, stride: stride)
  }

  private func kind(of field: ProtobufCFieldDescriptor) -> (Kind, stride: Int) {
    switch field.type {
    case PROTOBUF_C_TYPE_INT32, PROTOBUF_C_TYPE_SINT32, PROTOBUF_C_TYPE_SFIXED32: (.int32, 4)
    case PROTOBUF_C_TYPE_UINT32, PROTOBUF_C_TYPE_FIXED32: (.uint32, 4)
    case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_SINT64, PROTOBUF_C_TYPE_SFIXED64: (.int64, 8)
    case PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_FIXED64: (.uint64, 8)
    case PROTOBUF_C_TYPE_FLOAT: (.float, 4)
    case PROTOBUF_C_TYPE_DOUBLE: (.double, 8)
    case PROTOBUF_C_TYPE_BOOL: (.bool, MemoryLayout<protobuf_c_boolean>.stride)
    case PROTOBUF_C_TYPE_STRING: (.string, MemoryLayout<UnsafeRawPointer>.stride)
    case PROTOBUF_C_TYPE_BYTES: (.bytes, MemoryLayout<ProtobufCBinaryData>.stride)
    case PROTOBUF_C_TYPE_ENUM:
      (
        .enumeration(
          Self.names(field.descriptor.assumingMemoryBound(to: ProtobufCEnumDescriptor.self))), 4
      )
    default:
      (
        .message(
          index(of: field.descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self))),
        MemoryLayout<UnsafeRawPointer>.stride
      )
    }
  }

  /// With their quotes.
  private static func names(
    _ type: UnsafePointer<ProtobufCEnumDescriptor>
  ) -> [Int32: [UInt8]] {
    let values = UnsafeBufferPointer(
      start: type.pointee.values, count: Int(type.pointee.n_values))
    return Dictionary(
      values.map { ($0.value, Array("\"\(String(cString: $0.name))\"".utf8)) },
      uniquingKeysWith: { first, _ in first })
  }

  // MARK: Printing

  private func print(
    _ message: UnsafeRawPointer, _ fields: [Field], to output: inout [UInt8]
  ) {
    output.append(UInt8(ascii: "{"))
    var isFirst = true
    for field in fields where isPresent(field, of: message) {
      if !isFirst { output.append(UInt8(ascii: ",")) }
      isFirst = false
      output.append(contentsOf: field.key)
      let place = message + field.offset
      if field.isRepeated {
        let count = message.load(fromByteOffset: field.quantifierOffset, as: Int.self)
        printList(place, count, field, to: &output)
      } else {
        print(place, field.kind, to: &output)
      }
    }
    output.append(UInt8(ascii: "}"))
  }

  private func printList(
    _ place: UnsafeRawPointer, _ count: Int, _ field: Field, to output: inout [UInt8]
  ) {
    output.append(UInt8(ascii: "["))
    if let first = place.load(as: UnsafeRawPointer?.self) {
      for index in 0..<count {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        print(first + index * field.stride, field.kind, to: &output)
      }
    }
    output.append(UInt8(ascii: "]"))
  }

  /// Fields that hold their type's zero are as good as absent, but in a oneof.
  private func isPresent(_ field: Field, of message: UnsafeRawPointer) -> Bool {
    if field.isInOneof {
      return message.load(fromByteOffset: field.quantifierOffset, as: UInt32.self) == field.number
    }
    if field.isRepeated {
      return message.load(fromByteOffset: field.quantifierOffset, as: Int.self) > 0
    }
    let place = message + field.offset
    switch field.kind {
    case .int32, .uint32, .bool, .enumeration: return place.load(as: UInt32.self) != 0
    case .int64, .uint64: return place.load(as: UInt64.self) != 0
    case .float: return place.load(as: Float.self) != 0
    case .double: return place.load(as: Double.self) != 0
    case .string:
      return place.load(as: UnsafePointer<UInt8>?.self).map { $0.pointee != 0 } ?? false
    case .bytes: return place.load(as: ProtobufCBinaryData.self).len > 0
    case .message: return place.load(as: UnsafeRawPointer?.self) != nil
    }
  }

  private func print(_ place: UnsafeRawPointer, _ kind: Kind, to output: inout [UInt8]) {
    switch kind {
    case .int32: output.append(digitsOf: Int64(place.load(as: Int32.self)))
    case .uint32: output.append(digitsOf: Int64(place.load(as: UInt32.self)))
    case .int64: output.appendQuoted { $0.append(digitsOf: place.load(as: Int64.self)) }
    case .uint64: output.appendQuoted { $0.append(digitsOf: place.load(as: UInt64.self)) }
    case .float: output.append(number: place.load(as: Float.self))
    case .double: output.append(number: place.load(as: Double.self))
    case .bool:
      let isTrue = place.load(as: protobuf_c_boolean.self) != 0
      output.append(contentsOf: (isTrue ? "true" : "false").utf8)
    case .string: output.append(quoted: place.load(as: UnsafePointer<UInt8>?.self))
    case .bytes:
      let data = place.load(as: ProtobufCBinaryData.self)
      let base64 = Base64.encode(UnsafeBufferPointer(start: data.data, count: data.len))
      output.appendQuoted { $0.append(contentsOf: base64.utf8) }
    case .enumeration(let names):
      let number = place.load(as: Int32.self)
      if let name = names[number] {
        output.append(contentsOf: name)
      } else {
        output.append(digitsOf: Int64(number))
      }
    case .message(let index):
      guard let message = place.load(as: UnsafeRawPointer?.self) else {
        return output.append(contentsOf: "null".utf8)
      }
      print(message, shapes[index], to: &output)
    }
  }
}
