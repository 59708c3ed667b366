internal import RPC

extension FuzzTarget {
  private static let frameBytesMax = 1_024

  /// A connection's bytes cut into frames: the same whatever the pieces they come in.
  static let frameDecoder = FuzzTarget("frame-decoder") {
    [hello, hello + ping, hello + request + ping, Array(request.dropLast(3)), oversize]
  } read: { bytes in
    let decoder = FrameDecoder(frameBytesMax: frameBytesMax)
    var rest = bytes[...]
    while true {
      let unread = Array(rest)
      guard let step = try? step(decoder, unread) else {
        try refusesPrefixesAlike(decoder, unread)
        return .refused
      }
      switch step {
      case .incomplete(let needed):
        try promise(needed > unread.count, "\(needed) bytes are needed and \(unread.count) there")
        try promise(needed <= 4 + frameBytesMax, "waits for \(needed) bytes")
        return .accepted
      case .frame(let header):
        let length = FrameHeader.bytes + header.headBytes + header.bodyBytes
        try promise(length <= unread.count, "a frame of \(length) in \(unread.count) bytes")
        try promise(
          encoded(header.kind, headBytes: header.headBytes, bodyBytes: header.bodyBytes)
            == Array(unread.prefix(FrameHeader.bytes)), "\(header) from other bytes")
        for count in 0..<length where count < 16 || count == length - 1 {
          guard case .incomplete = try decoder.step(unread.prefix(count)) else {
            throw BrokenPromise(description: "a frame of \(length) in \(count) bytes")
          }
        }
        rest = rest.dropFirst(length)
      }
    }
  }

  private static func step(
    _ decoder: FrameDecoder, _ bytes: [UInt8]
  ) throws -> FrameDecoder.Step { try decoder.step(bytes[...]) }

  /// What is refused at its end is no frame at any earlier point.
  private static func refusesPrefixesAlike(_ decoder: FrameDecoder, _ bytes: [UInt8]) throws {
    for count in 0..<min(bytes.count, 16) {
      guard let step = try? decoder.step(bytes.prefix(count)) else { return }
      if case .frame = step {
        throw BrokenPromise(description: "\(count) bytes are a frame, with more they are none")
      }
    }
  }

  private static func encoded(_ kind: FrameKind, headBytes: Int, bodyBytes: Int) -> [UInt8] {
    let length = UInt32(FrameHeader.bytesAfterLength + headBytes + bodyBytes)
    return withUnsafeBytes(of: length.bigEndian) { Array($0) } + [kind.rawValue, 0]
      + withUnsafeBytes(of: UInt16(headBytes).bigEndian) { Array($0) }
  }

  private static func frame(
    _ kind: FrameKind, _ head: some Message, body: [UInt8] = []
  ) -> [UInt8] {
    let head = head.encoded()
    return encoded(kind, headBytes: head.count, bodyBytes: body.count) + head + body
  }

  private static var hello: [UInt8] { frame(.hello, sampleHello) }
  private static var ping: [UInt8] { frame(.ping, Ping()) }
  private static var request: [UInt8] {
    frame(.request, sampleRequestHead, body: HealthRequest().encoded())
  }
  private static var oversize: [UInt8] { [0, 0, 4, 1, 1, 0, 0, 0] }
}

extension FrameDecoder {
  fileprivate func step(_ bytes: ArraySlice<UInt8>) throws -> Step {
    try bytes.withUnsafeBytes { try next($0) }
  }
}
