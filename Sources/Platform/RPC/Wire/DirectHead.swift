/// A head that every call has, written and read without protobuf-c: its few fields in protobuf's
/// encoding, straight to and from the bytes of the frame.
protocol DirectHead {
  static var kind: FrameKind { get }
  /// At least what `write` takes.
  var bytesMax: Int { get }
  /// Appends the head.
  func write(to writer: inout HeadWriter)
}

/// Writes fields into memory that the caller has measured.
struct HeadWriter {
  /// A tag of the fields that heads have, and a varint.
  static let varintFieldBytesMax = 11

  fileprivate(set) var end: UnsafeMutablePointer<UInt8>

  init(at start: UnsafeMutablePointer<UInt8>) { end = start }

  private mutating func byte(_ value: UInt8) {
    end.pointee = value
    end += 1
  }

  @inline(__always)
  mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      byte(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    byte(UInt8(truncatingIfNeeded: rest))
  }

  /// Nothing for zero, as in proto3.
  @inline(__always)
  mutating func field(_ number: UInt8, _ value: UInt64) {
    guard value != 0 else { return }
    byte(number << 3 | WireType.varint.rawValue)
    varint(value)
  }

  /// Little-endian; nothing for zero.
  @inline(__always)
  mutating func fixed64Field(_ number: UInt8, _ value: UInt64) {
    guard value != 0 else { return }
    byte(number << 3 | WireType.fixed64.rawValue)
    UnsafeMutableRawPointer(end).storeBytes(of: value.littleEndian, as: UInt64.self)
    end += 8
  }

  /// Nothing for no bytes.
  @inline(__always)
  mutating func field(_ number: UInt8, _ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
    byte(number << 3 | WireType.delimited.rawValue)
    varint(UInt64(bytes.count))
    UnsafeMutableRawPointer(end).copyMemory(from: base, byteCount: bytes.count)
    end += bytes.count
  }
}

extension HeadWriter {
  /// Fields that are encoded already.
  @inline(__always)
  mutating func fields(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
    UnsafeMutableRawPointer(end).copyMemory(from: base, byteCount: bytes.count)
    end += bytes.count
  }
}

/// Reads the fields of a head that is as peers of ours write it. What else is allowed - longer
/// varints, unknown fields, metadata - ends it, and is left to protobuf-c.
struct HeadReader {
  private var next: UnsafePointer<UInt8>
  private let end: UnsafePointer<UInt8>
  private(set) var isPlain = true

  /// The bytes must outlive the reader.
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    let none = UnsafePointer<UInt8>(bitPattern: 1)!
    next = bytes.baseAddress ?? none
    end = next + bytes.count
  }

  var isAtEnd: Bool { next == end }

  @inline(__always)
  mutating func byte() -> UInt8 {
    guard next < end else { return fail() }
    defer { next += 1 }
    return next.pointee
  }

  private mutating func fail<Value: FixedWidthInteger>() -> Value {
    isPlain = false
    next = end
    return 0
  }

  /// Gives the head up for something that is not plain.
  mutating func giveUp() { let _: UInt8 = fail() }

  /// At most nine bytes: 63 bits.
  @inline(__always)
  mutating func varint() -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 63 {
      guard next < end else { return fail() }
      let byte = next.pointee
      next += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    return fail()
  }

  @inline(__always)
  mutating func fixed64() -> UInt64 {
    guard end - next >= 8 else { return fail() }
    defer { next += 8 }
    return UInt64(littleEndian: UnsafeRawPointer(next).loadUnaligned(as: UInt64.self))
  }

  @inline(__always)
  mutating func delimited() -> UnsafeBufferPointer<UInt8> {
    let count = varint()
    guard count <= UInt64(end - next) else {
      giveUp()
      return UnsafeBufferPointer(start: nil, count: 0)
    }
    defer { next += Int(count) }
    return UnsafeBufferPointer(start: next, count: Int(count))
  }
}

extension [Metadata] {
  /// As fields of a request's or a response's head, which have the same number in both.
  var asHeadFields: [UInt8] {
    flatMap { metadata in
      let bytes = metadata.encoded()
      return [9 << 3 | WireType.delimited.rawValue] + Self.varint(bytes.count) + bytes
    }
  }

  private static func varint(_ value: Int) -> [UInt8] {
    var (rest, bytes) = (value, [UInt8]())
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
