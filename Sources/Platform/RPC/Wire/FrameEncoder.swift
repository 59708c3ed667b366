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
    let start = output.room(4 + length).baseAddress!.assumingMemoryBound(to: UInt8.self)
    protobuf_c_message_pack(head, start + FrameHeader.bytes)
    if let body { protobuf_c_message_pack(body, start + FrameHeader.bytes + headBytes) }
    write(kind, headBytes, bodyBytes, to: start)
    output.wrote(4 + length)
    return true
  }

  /// As above; the head's own size is known once it is written.
  static func append<Head: DirectHead>(
    _ head: Head, body: UnsafePointer<ProtobufCMessage>?, to output: inout ByteQueue,
    frameBytesMax: Int
  ) -> Bool {
    let bodyBytes = body.map { protobuf_c_message_get_packed_size($0) } ?? 0
    guard head.bytesMax <= UInt16.max, bodyBytes <= frameBytesMax else { return false }
    let room = output.room(FrameHeader.bytes + head.bytesMax + bodyBytes)
    let start = room.baseAddress!.assumingMemoryBound(to: UInt8.self)
    var writer = HeadWriter(at: start + FrameHeader.bytes)
    head.write(to: &writer)
    let headBytes = writer.end - start - FrameHeader.bytes
    let length = FrameHeader.bytesAfterLength + headBytes + bodyBytes
    guard length <= frameBytesMax else { return false }
    if let body { protobuf_c_message_pack(body, writer.end) }
    write(Head.kind, headBytes, bodyBytes, to: start)
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
    let start = output.room(4 + length).baseAddress!.assumingMemoryBound(to: UInt8.self)
    protobuf_c_message_pack(head, start + FrameHeader.bytes)
    finish(kind, headBytes, compressedBody: body, at: start, in: &output)
    return true
  }

  static func append<Head: DirectHead>(
    _ head: Head, compressedBody body: [UInt8], to output: inout ByteQueue, frameBytesMax: Int
  ) -> Bool {
    guard head.bytesMax <= UInt16.max, body.count <= frameBytesMax else { return false }
    let room = output.room(FrameHeader.bytes + head.bytesMax + body.count)
    let start = room.baseAddress!.assumingMemoryBound(to: UInt8.self)
    var writer = HeadWriter(at: start + FrameHeader.bytes)
    head.write(to: &writer)
    let headBytes = writer.end - start - FrameHeader.bytes
    guard FrameHeader.bytesAfterLength + headBytes + body.count <= frameBytesMax else {
      return false
    }
    finish(Head.kind, headBytes, compressedBody: body, at: start, in: &output)
    return true
  }

  private static func finish(
    _ kind: FrameKind, _ headBytes: Int, compressedBody body: [UInt8],
    at start: UnsafeMutablePointer<UInt8>, in output: inout ByteQueue
  ) {
    UnsafeMutableRawBufferPointer(
      start: start + FrameHeader.bytes + headBytes, count: body.count
    ).copyBytes(from: body)
    write(kind, headBytes, body.count, flags: FrameFlags.compressed, to: start)
    output.wrote(FrameHeader.bytes + headBytes + body.count)
  }

  private static func write(
    _ kind: FrameKind, _ headBytes: Int, _ bodyBytes: Int, flags: UInt8 = 0,
    to start: UnsafeMutablePointer<UInt8>
  ) {
    let length = UInt32(FrameHeader.bytesAfterLength + headBytes + bodyBytes)
    let start = UnsafeMutableRawPointer(start)
    start.storeBytes(of: length.bigEndian, as: UInt32.self)
    start.storeBytes(of: kind.rawValue, toByteOffset: 4, as: UInt8.self)
    start.storeBytes(of: flags, toByteOffset: 5, as: UInt8.self)
    start.storeBytes(of: UInt16(headBytes).bigEndian, toByteOffset: 6, as: UInt16.self)
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
