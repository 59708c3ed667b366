package import CMessages

/// A message whose type is not compiled in: its encoded bytes, kept by protobuf-c as fields that it
/// does not know. The C struct is that of a message without fields.
package struct OpaqueMessage: Message {
  /// The encoded message.
  package let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__ListRequest>?) -> Void {
    brigade__v1__list_request__init
  }

  package init(_ c: Brigade__V1__ListRequest) {
    var bytes: [UInt8] = []
    let fields = UnsafeBufferPointer(
      start: c.base.unknown_fields, count: Int(c.base.n_unknown_fields))
    for field in fields {
      Self.append(UInt64(field.tag) << 3 | UInt64(field.wire_type.rawValue), to: &bytes)
      bytes.append(contentsOf: UnsafeBufferPointer(start: field.data, count: field.len))
    }
    self.bytes = bytes
  }

  /// One unknown field whose tag is the message's first bytes and whose data are all others: they
  /// are packed one behind the other, which gives the message back.
  package func write(to c: inout Brigade__V1__ListRequest, in arena: Arena) {
    guard !bytes.isEmpty, let tag = firstTag else { return }
    var field = ProtobufCMessageUnknownField()
    field.tag = UInt32(truncatingIfNeeded: tag.value >> 3)
    field.wire_type = ProtobufCWireType(rawValue: UInt32(tag.value & 7))
    field.len = bytes.count - tag.length
    field.data = arena.array(Array(bytes[tag.length...]))
    c.base.unknown_fields = arena.array([field])
    c.base.n_unknown_fields = 1
  }

  private var firstTag: (value: UInt64, length: Int)? {
    var value: UInt64 = 0
    for (index, byte) in bytes.prefix(5).enumerated() {
      value |= UInt64(byte & 0x7F) << UInt64(7 * index)
      if byte & 0x80 == 0 { return (value, index + 1) }
    }
    return nil
  }

  private static func append(_ varint: UInt64, to bytes: inout [UInt8]) {
    var left = varint
    while left >= 0x80 {
      bytes.append(UInt8(left & 0x7F) | 0x80)
      left >>= 7
    }
    bytes.append(UInt8(left))
  }
}
