/// protobuf's wire types that proto3 uses; 3 and 4 were groups.
enum WireType: UInt8, Sendable {
  case varint = 0
  case fixed64 = 1
  case delimited = 2
  case fixed32 = 5
}

/// Appending in protobuf's encoding.
extension [UInt8] {
  mutating func appendVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }

  mutating func appendTag(_ number: UInt32, _ type: WireType) {
    appendVarint(UInt64(number) << 3 | UInt64(type.rawValue))
  }

  mutating func appendDelimited(_ bytes: some Collection<UInt8>) {
    appendVarint(UInt64(bytes.count))
    append(contentsOf: bytes)
  }

  /// Little-endian.
  mutating func appendFixed(_ value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}

/// Takes protobuf's encoding apart. Never reads beyond `end`; errors carry the offset.
struct WireReader {
  let bytes: [UInt8]
  private(set) var offset: Int
  let end: Int

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    offset = range.lowerBound
    end = range.upperBound
  }

  var isAtEnd: Bool { offset == end }

  private func malformed(_ message: String, at start: Int) -> TranscodingError {
    TranscodingError(message, at: .byte(start))
  }

  /// At most ten bytes; bits beyond 64 are dropped, as other readers do.
  mutating func varint() throws(TranscodingError) -> UInt64 {
    let start = offset
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard offset < end else { throw malformed("a varint is cut off", at: start) }
      let byte = bytes[offset]
      offset += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw malformed("a varint is longer than ten bytes", at: start)
  }

  mutating func tag() throws(TranscodingError) -> (number: UInt32, type: WireType) {
    let start = offset
    let tag = try varint()
    guard let number = UInt32(exactly: tag >> 3), FieldShape.numbers.contains(number) else {
      throw malformed("\(tag >> 3) is no field number", at: start)
    }
    guard let type = WireType(rawValue: UInt8(tag & 7)) else {
      throw malformed("field \(number) is of wire type \(tag & 7), which proto3 lacks", at: start)
    }
    return (number, type)
  }

  mutating func fixed<Value: FixedWidthInteger>() throws(TranscodingError) -> Value {
    let size = MemoryLayout<Value>.size
    guard end - offset >= size else {
      throw malformed("\(size) bytes are needed, \(end - offset) are left", at: offset)
    }
    var value: Value = 0
    for index in (0..<size).reversed() { value = value << 8 | Value(bytes[offset + index]) }
    offset += size
    return value
  }

  /// Where the bytes stand whose number comes first.
  mutating func delimited() throws(TranscodingError) -> Range<Int> {
    let start = offset
    let count = try varint()
    guard count <= UInt64(end - offset) else {
      throw malformed("\(count) bytes are announced, \(end - offset) are left", at: start)
    }
    defer { offset += Int(count) }
    return offset..<offset + Int(count)
  }

  mutating func skip(_ type: WireType) throws(TranscodingError) {
    switch type {
    case .varint: _ = try varint()
    case .fixed64: _ = try fixed() as UInt64
    case .fixed32: _ = try fixed() as UInt32
    case .delimited: _ = try delimited()
    }
  }
}
