package import CMessages

/// Appends whole frames to an output queue: sizes first, then head and body packed in place.
package enum FrameEncoder {
  /// - Parameters:
  ///   - head: a message of ours, at most 65,535 bytes encoded.
  ///   - body: absent for kinds that have none.
  /// - Returns: false, with nothing appended, when the frame would be longer than `frameBytesMax`.
  @discardableResult
  package static func append(
    _ kind: FrameKind, head: UnsafePointer<ProtobufCMessage>,
    body: UnsafePointer<ProtobufCMessage>?, to output: inout ByteQueue, frameBytesMax: Int
  ) -> Bool {
    let headBytes = protobuf_c_message_get_packed_size(head)
    let bodyBytes = body.map { protobuf_c_message_get_packed_size($0) } ?? 0
    let length = FrameHeader.bytesAfterLength + headBytes + bodyBytes
    guard headBytes <= UInt16.max, length <= frameBytesMax else { return false }
    let room = output.room(4 + length)
    room.storeBytes(of: UInt32(length).bigEndian, as: UInt32.self)
    room.storeBytes(of: kind.rawValue, toByteOffset: 4, as: UInt8.self)
    room.storeBytes(of: 0, toByteOffset: 5, as: UInt8.self)
    room.storeBytes(of: UInt16(headBytes).bigEndian, toByteOffset: 6, as: UInt16.self)
    let start = room.baseAddress!.assumingMemoryBound(to: UInt8.self) + FrameHeader.bytes
    protobuf_c_message_pack(head, start)
    if let body { protobuf_c_message_pack(body, start + headBytes) }
    output.wrote(4 + length)
    return true
  }

  /// A frame whose body is compressed already.
  static func append(
    _ kind: FrameKind, head: UnsafePointer<ProtobufCMessage>, compressedBody body: [UInt8],
    to output: inout ByteQueue, frameBytesMax: Int
  ) -> Bool {
    let headBytes = protobuf_c_message_get_packed_size(head)
    let length = FrameHeader.bytesAfterLength + headBytes + body.count
    guard headBytes <= UInt16.max, length <= frameBytesMax else { return false }
    let room = output.room(4 + length)
    room.storeBytes(of: UInt32(length).bigEndian, as: UInt32.self)
    room.storeBytes(of: kind.rawValue, toByteOffset: 4, as: UInt8.self)
    room.storeBytes(of: FrameFlags.compressed, toByteOffset: 5, as: UInt8.self)
    room.storeBytes(of: UInt16(headBytes).bigEndian, toByteOffset: 6, as: UInt16.self)
    let start = room.baseAddress!.assumingMemoryBound(to: UInt8.self) + FrameHeader.bytes
    protobuf_c_message_pack(head, start)
    UnsafeMutableRawBufferPointer(start: start + headBytes, count: body.count).copyBytes(from: body)
    output.wrote(4 + length)
    return true
  }

  /// A frame of a kind that has no body.
  package static func append<Head: Message>(
    _ kind: FrameKind, _ head: Head, to output: inout ByteQueue, in arena: Arena
  ) {
    let pointer = UnsafeRawPointer(arena.message(head)!)
      .assumingMemoryBound(to: ProtobufCMessage.self)
    append(kind, head: pointer, body: nil, to: &output, frameBytesMax: .max)
    arena.reset()
  }
}
