internal import JSON

/// A decoded message to JSON.
struct MessagePrinter {
  let bytes: [UInt8]
  let schema: MessageSchema
  /// Print members that hold their type's zero too.
  let defaults: Bool

  func print(_ message: DecodedMessage, as shape: MessageShape, to writer: inout JSONWriter) {
    writer.beginObject()
    for (index, field) in shape.fields.enumerated() {
      let values = message.fields[index] ?? []
      if field.isRepeated {
        guard defaults || !values.isEmpty else { continue }
        writer.key(field.jsonName)
        writer.beginArray()
        for value in values { print(value, field.kind, to: &writer) }
        writer.endArray()
      } else if let value = values.first ?? absent(field) {
        guard defaults || !field.hasImplicitPresence || !isDefault(value) else { continue }
        writer.key(field.jsonName)
        print(value, field.kind, to: &writer)
      }
    }
    writer.endObject()
  }

  /// What stands for a field that did not come, where that is a value.
  private func absent(_ field: FieldShape) -> DecodedMessage.Value? {
    guard field.hasImplicitPresence else { return nil }
    return field.kind.isPackable ? .bits(0) : .range(0..<0)
  }

  private func isDefault(_ value: DecodedMessage.Value) -> Bool {
    switch value {
    case .bits(let bits): bits == 0
    case .range(let range): range.isEmpty
    case .message: false
    }
  }

  private func print(
    _ value: DecodedMessage.Value, _ kind: FieldShape.Kind, to writer: inout JSONWriter
  ) {
    switch (value, kind) {
    case (.message(let message), .message(let name)):
      guard let shape = schema.message(name) else { return writer.null() }
      print(message, as: shape, to: &writer)
    case (.range(let range), .scalar(.bytes)): writer.value(Base64.encode(bytes[range]))
    case (.range(let range), _): writer.value(String(decoding: bytes[range], as: UTF8.self))
    case (.bits(let bits), .enumeration(let name)):
      let number = Int32(truncatingIfNeeded: bits)
      if let name = schema.enumeration(name)?.name(number) {
        writer.value(name)
      } else {
        writer.value(Int(number))
      }
    case (.bits(let bits), .scalar(let scalar)): print(bits, scalar, to: &writer)
    default: writer.null()
    }
  }

  private func print(_ bits: UInt64, _ scalar: FieldShape.Scalar, to writer: inout JSONWriter) {
    switch scalar {
    case .int32, .sint32, .sfixed32: writer.value(Int(Int32(truncatingIfNeeded: bits)))
    case .uint32, .fixed32: writer.value(Int(UInt32(truncatingIfNeeded: bits)))
    case .int64, .sint64, .sfixed64: writer.value(String(Int64(bitPattern: bits)))
    case .uint64, .fixed64: writer.value(String(bits))
    case .float: writer.value(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case .double: writer.value(Double(bitPattern: bits))
    case .bool: writer.value(bits != 0)
    case .string, .bytes: writer.null()
    }
  }
}
