import JSON
import RPC
import TestSupport

/// Random messages as the JSON that decoding must give back, member for member.
struct RandomMessage {
  let schema: MessageSchema
  var random: SeededGenerator
  /// Also numbers that an enum has no name for.
  var withUnknownEnums = true

  mutating func json(_ type: String) -> String {
    var writer = JSONWriter()
    write(schema.message(type)!, to: &writer)
    return writer.string
  }

  private mutating func write(_ shape: MessageShape, to writer: inout JSONWriter) {
    writer.beginObject()
    var oneofs: Set<UInt32> = []
    for field in shape.fields where random.chance(2) {
      if field.oneof != 0, !oneofs.insert(field.oneof).inserted { continue }
      writer.key(field.jsonName)
      guard field.isRepeated else {
        write(field.kind, to: &writer)
        continue
      }
      writer.beginArray()
      for _ in 0..<Int.random(in: 1...4, using: &random) { write(field.kind, to: &writer) }
      writer.endArray()
    }
    writer.endObject()
  }

  /// Never the type's zero, which would be left out.
  private mutating func write(_ kind: FieldShape.Kind, to writer: inout JSONWriter) {
    switch kind {
    case .message(let name): write(schema.message(name)!, to: &writer)
    case .enumeration(let name):
      let shape = schema.enumeration(name)!
      let named = shape.valueNames.filter { shape.number($0) != 0 }.randomElement(using: &random)!
      if withUnknownEnums, random.chance(8) { writer.value(99) } else { writer.value(named) }
    case .scalar(let scalar): write(scalar, to: &writer)
    }
  }

  private mutating func write(_ scalar: FieldShape.Scalar, to writer: inout JSONWriter) {
    switch scalar {
    case .int32, .sint32, .sfixed32:
      let value = Int32(truncatingIfNeeded: random.integer(bits: 32) | 1)
      writer.value(Int(random.chance(2) ? value : ~value))
    case .uint32, .fixed32: writer.value(Int(random.integer(bits: 32) | 1))
    case .int64, .sint64, .sfixed64:
      let value = Int64(bitPattern: random.integer(bits: 64) | 1)
      writer.value(String(random.chance(2) ? value : ~value))
    case .uint64, .fixed64: writer.value(String(random.integer(bits: 64) | 1))
    case .float:
      writer.value(Float(bitPattern: UInt32(truncatingIfNeeded: random.next()) | 1))
    case .double: writer.value(Double(bitPattern: random.next() | 1))
    case .bool: writer.value(true)
    case .string: writer.value(random.text())
    case .bytes:
      let bytes = random.bytes(1...9)
      writer.value(Base64Reference.encode(bytes))
    }
  }
}

/// Base64 by the book, a group of three bytes at a time.
enum Base64Reference {
  static func encode(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = Array(bytes[start..<min(start + 3, bytes.count)])
      let padded = group + [UInt8](repeating: 0, count: 3 - group.count)
      let bits = padded.reduce(0) { $0 << 8 | Int($1) }
      for place in 0..<4 {
        text.append(place <= group.count ? digits[bits >> (18 - 6 * place) & 63] : "=")
      }
    }
    return text
  }
}
