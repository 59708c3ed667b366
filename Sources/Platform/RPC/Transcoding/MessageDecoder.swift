/// A message as its bytes say, fields by their index in the shape.
struct DecodedMessage {
  enum Value {
    /// As wide as its type, sign-extended; floats by their bit pattern.
    case bits(UInt64)
    /// Where a string or bytes stand.
    case range(Range<Int>)
    case message(DecodedMessage)
  }

  /// One value for a field that is not repeated.
  var fields: [Int: [Value]] = [:]
}

/// Protobuf bytes to a tree that can be printed. Bytes are not trusted: each length is held against
/// what is left, and depth and number of values against limits.
struct MessageDecoder {
  private let bytes: [UInt8]
  private let schema: MessageSchema
  private let limits: TranscodingLimits
  private var valuesLeft: Int

  init(_ bytes: [UInt8], schema: MessageSchema, limits: TranscodingLimits) {
    self.bytes = bytes
    self.schema = schema
    self.limits = limits
    valuesLeft = limits.valuesMax
  }

  mutating func decode(_ shape: MessageShape) throws(TranscodingError) -> DecodedMessage {
    var message = DecodedMessage()
    try read(bytes.indices, shape, depth: 1, into: &message)
    return message
  }

  private mutating func read(
    _ range: Range<Int>, _ shape: MessageShape, depth: Int, into message: inout DecodedMessage
  ) throws(TranscodingError) {
    guard depth <= limits.depthMax else {
      throw TranscodingError(
        "messages are nested deeper than \(limits.depthMax)", at: .byte(range.lowerBound))
    }
    var reader = WireReader(bytes, range)
    while !reader.isAtEnd {
      let start = reader.offset
      let (number, type) = try reader.tag()
      guard let index = shape.index(number: number) else {
        try reader.skip(type)
        continue
      }
      let field = shape.fields[index]
      do throws(TranscodingError) {
        if type == field.kind.wireType {
          try readOne(&reader, index, shape, depth, into: &message)
        } else if type == .delimited, field.isRepeated {
          try readPacked(&reader, index, field.kind, into: &message)
        } else {
          throw TranscodingError("comes as \(type), which its type is not", at: .byte(start))
        }
      } catch {
        throw error.inside(field.jsonName)
      }
    }
  }

  private mutating func readOne(
    _ reader: inout WireReader, _ index: Int, _ shape: MessageShape, _ depth: Int,
    into message: inout DecodedMessage
  ) throws(TranscodingError) {
    let field = shape.fields[index]
    for other in shape.members(ofOneof: field.oneof) where other != index {
      message.fields[other] = nil
    }
    guard case .message(let name) = field.kind else {
      let value = try scalar(&reader, field.kind)
      if field.isRepeated {
        message.fields[index, default: []].append(value)
      } else {
        message.fields[index] = [value]
      }
      return
    }
    guard let inner = schema.message(name) else { return }
    try count(TranscodingLimits.messageCost, reader.offset)
    let range = try reader.delimited()
    var child = DecodedMessage()
    if !field.isRepeated, case .message(let earlier)? = message.fields[index]?.first {
      message.fields[index] = nil
      child = earlier
    }
    try read(range, inner, depth: depth + 1, into: &child)
    message.fields[index, default: []].append(.message(child))
  }

  private mutating func readPacked(
    _ reader: inout WireReader, _ index: Int, _ kind: FieldShape.Kind,
    into message: inout DecodedMessage
  ) throws(TranscodingError) {
    let range = try reader.delimited()
    guard !range.isEmpty else { return }
    var elements = WireReader(bytes, range)
    var values = message.fields.removeValue(forKey: index) ?? []
    while !elements.isAtEnd { values.append(try scalar(&elements, kind)) }
    message.fields[index] = values
  }

  private mutating func count(_ cost: Int, _ offset: Int) throws(TranscodingError) {
    valuesLeft -= cost
    guard valuesLeft >= 0 else {
      throw TranscodingError("more than \(limits.valuesMax) values", at: .byte(offset))
    }
  }

  private mutating func scalar(
    _ reader: inout WireReader, _ kind: FieldShape.Kind
  ) throws(TranscodingError) -> DecodedMessage.Value {
    let start = reader.offset
    try count(1, start)
    switch kind.wireType {
    case .varint: return .bits(kind.narrow(try reader.varint()))
    case .fixed64: return .bits(try reader.fixed())
    case .fixed32: return .bits(UInt64(try reader.fixed() as UInt32))
    case .delimited:
      let range = try reader.delimited()
      if kind == .scalar(.string) {
        guard String(validating: bytes[range], as: UTF8.self) != nil else {
          throw TranscodingError("a string is not valid UTF-8", at: .byte(start))
        }
        // C readers would see another string than we do.
        guard !bytes[range].contains(0) else {
          throw TranscodingError("a string holds U+0000", at: .byte(start))
        }
      }
      return .range(range)
    }
  }
}

extension FieldShape.Kind {
  /// A varint as its type has it: wider ones lose their upper bits, signed ones are unfolded.
  fileprivate func narrow(_ varint: UInt64) -> UInt64 {
    switch self {
    case .enumeration, .scalar(.int32):
      UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: varint)))
    case .scalar(.uint32): varint & 0xFFFF_FFFF
    case .scalar(.sint32): Self.unfold(varint & 0xFFFF_FFFF)
    case .scalar(.sint64): Self.unfold(varint)
    case .scalar(.bool): varint == 0 ? 0 : 1
    default: varint
    }
  }

  private static func unfold(_ value: UInt64) -> UInt64 { value >> 1 ^ (0 &- (value & 1)) }
}
