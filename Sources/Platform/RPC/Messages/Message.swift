package import CMessages

/// A Swift value that travels as a protobuf message, by way of the C struct that protobuf-c knows.
package protocol Message: Sendable {
  /// The generated struct, `Brigade__V1__…`.
  associatedtype C

  /// The generated `…__init`.
  static var initialize: (UnsafeMutablePointer<C>?) -> Void { get }

  /// Reads an unpacked struct; it is gone after the call.
  init(_ c: C)

  /// Fills `c`, which holds the defaults; what does not fit in it is placed in the arena.
  func write(to c: inout C, in arena: Arena)
}

/// Bytes that are no message of the expected type.
package struct InvalidMessage: Error, CustomStringConvertible {
  package let type: String
  package var description: String { "the bytes are not a valid \(type)" }
}

extension Message {
  /// protobuf-c's description of the type, which lives as long as the program.
  package static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
    withUnsafeTemporaryAllocation(of: C.self, capacity: 1) { message in
      initialize(message.baseAddress)
      return UnsafeRawPointer(message.baseAddress!)
        .assumingMemoryBound(to: ProtobufCMessage.self).pointee.descriptor
    }
  }

  /// The type's full protobuf name, `brigade.v1.RankRequest`.
  package static var messageName: String { String(cString: descriptor.pointee.name) }

  /// Unpacks in the arena, copies out, and leaves the arena to be reset by its owner.
  package init(decoding bytes: UnsafeRawBufferPointer, in arena: Arena) throws(InvalidMessage) {
    try self.init(decoding: bytes, as: Self.descriptor, in: arena)
  }

  /// - Parameter descriptor: the type's own, from who decodes many.
  init(
    decoding bytes: UnsafeRawBufferPointer,
    as descriptor: UnsafePointer<ProtobufCMessageDescriptor>, in arena: Arena
  ) throws(InvalidMessage) {
    guard let message = arena.unpack(descriptor, bytes) else {
      throw InvalidMessage(type: Self.messageName)
    }
    self.init(UnsafeRawPointer(message).assumingMemoryBound(to: C.self).pointee)
  }

  package init(decoding bytes: [UInt8]) throws(InvalidMessage) {
    let arena = Arena()
    let result: Result<Self, InvalidMessage> = bytes.withUnsafeBytes { bytes in
      do throws(InvalidMessage) {
        return .success(try Self(decoding: bytes, in: arena))
      } catch {
        return .failure(error)
      }
    }
    self = try result.get()
  }

  /// Appends the encoded message to `output`.
  package func encode(to output: inout [UInt8], in arena: Arena) {
    arena.protobuf(self).encode(to: &output)
  }

  package func encoded() -> [UInt8] {
    var output: [UInt8] = []
    encode(to: &output, in: Arena())
    return output
  }
}

extension UnsafePointer<ProtobufCMessage> {
  /// Appends the encoded message to `output`.
  package func encode(to output: inout [UInt8]) {
    let size = protobuf_c_message_get_packed_size(self)
    let start = output.count
    output.append(contentsOf: repeatElement(0, count: size))
    output.withUnsafeMutableBytes { bytes in
      _ = protobuf_c_message_pack(
        self, bytes.baseAddress?.advanced(by: start).assumingMemoryBound(to: UInt8.self))
    }
  }
}

/// Reading what protobuf-c unpacked.
extension String {
  package init(_ c: UnsafeMutablePointer<CChar>?) {
    if let c { self.init(cString: c) } else { self.init() }
  }
}

extension Array {
  package init(_ values: UnsafeMutablePointer<Element>?, _ count: Int) {
    self.init(UnsafeBufferPointer(start: values, count: count))
  }

  package init(_ values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ count: Int)
  where Element == String {
    self = UnsafeBufferPointer(start: values, count: count).map { String($0) }
  }

  package init(_ values: UnsafeMutablePointer<UnsafeMutablePointer<Element.C>?>?, _ count: Int)
  where Element: Message {
    self = UnsafeBufferPointer(start: values, count: count).map { Element($0!.pointee) }
  }
}

extension Array where Element == UInt8 {
  package init(_ data: ProtobufCBinaryData) { self.init(data.data, data.len) }
}

extension Message {
  /// A submessage that may be absent.
  package init?(_ c: UnsafeMutablePointer<C>?) {
    guard let c else { return nil }
    self.init(c.pointee)
  }
}
