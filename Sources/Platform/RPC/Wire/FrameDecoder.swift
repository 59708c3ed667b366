/// The kinds of frames; see proto/WIRE.md.
package enum FrameKind: UInt8, Sendable, CaseIterable {
  case hello = 0
  case request
  case response
  case cancel
  case ping
  case pong
  case drain
  case close
  /// Taken from servers alone; what a client may ask of them.
  case advertisement
}

/// The eight bytes before a frame's head: length:u32 kind:u8 flags:u8 head_length:u16, big-endian.
package struct FrameHeader: Equatable, Sendable {
  package static let bytes = 8
  /// What `length` counts besides head and body.
  package static let bytesAfterLength = 4

  package var kind: FrameKind
  package var headBytes: Int
  package var bodyBytes: Int
  package var isCompressed = false
}

/// The bits of a frame's flags, and of a hello's that names those which its sender understands.
package enum FrameFlags {
  /// The body of a request or a response is in zlib's format.
  package static let compressed: UInt8 = 1
}

/// Why bytes are not a frame. The connection is closed with the same reason.
package struct FrameError: Error, Equatable, Sendable {
  package var code: CloseCode
  package var reason: String
}

/// Finds frames in a stream of bytes. Pure: it is shown the unread bytes and says what they begin
/// with; a length over the limit is refused from the first four, before anything is buffered.
package struct FrameDecoder: Sendable {
  package var frameBytesMax: Int
  /// Taken for requests and responses.
  package var flags: UInt8

  package init(frameBytesMax: Int, flags: UInt8 = 0) {
    self.frameBytesMax = frameBytesMax
    self.flags = flags
  }

  package enum Step: Equatable, Sendable {
    case frame(FrameHeader)
    /// Not whole yet; this many bytes are needed in all, as far as is known.
    case incomplete(bytes: Int)
  }

  package func next(_ bytes: UnsafeRawBufferPointer) throws(FrameError) -> Step {
    guard bytes.count >= 4 else { return .incomplete(bytes: FrameHeader.bytes) }
    let length = Int(UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self)))
    guard length <= frameBytesMax else {
      throw FrameError(
        code: .limit, reason: "a frame of \(length) bytes; at most \(frameBytesMax) are taken")
    }
    guard length >= FrameHeader.bytesAfterLength else {
      throw FrameError(
        code: .protocolViolation,
        reason: "a frame length of \(length); it counts at least \(FrameHeader.bytesAfterLength)")
    }
    guard bytes.count >= FrameHeader.bytes else {
      return .incomplete(bytes: max(FrameHeader.bytes, 4 + length))
    }
    let header = try header(bytes, length: length)
    return bytes.count >= 4 + length ? .frame(header) : .incomplete(bytes: 4 + length)
  }

  private func header(
    _ bytes: UnsafeRawBufferPointer, length: Int
  ) throws(FrameError) -> FrameHeader {
    guard let kind = FrameKind(rawValue: bytes[4]) else {
      throw FrameError(code: .protocolViolation, reason: "a frame of unknown kind \(bytes[4])")
    }
    let known = kind == .request || kind == .response ? flags : 0
    guard bytes[5] & ~known == 0 else {
      throw FrameError(code: .protocolViolation, reason: "frame flags \(bytes[5]) were not agreed")
    }
    let head = Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 6, as: UInt16.self)))
    let body = length - FrameHeader.bytesAfterLength - head
    guard body >= 0 else {
      throw FrameError(
        code: .protocolViolation,
        reason: "a head of \(head) bytes in a frame of length \(length)")
    }
    return FrameHeader(
      kind: kind, headBytes: head, bodyBytes: body,
      isCompressed: bytes[5] & FrameFlags.compressed != 0)
  }
}
