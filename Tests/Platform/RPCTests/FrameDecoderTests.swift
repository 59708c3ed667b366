import TestSupport
import Testing

@testable import RPC

@Suite struct FrameDecoderTests {
  private let decoder = FrameDecoder(frameBytesMax: 1_000)

  private func step(_ bytes: [UInt8]) throws(FrameError) -> FrameDecoder.Step {
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(FrameError) in try decoder.next(bytes) }
    }
    return try result.get()
  }

  private func error(_ bytes: [UInt8]) -> FrameError? {
    do throws(FrameError) {
      _ = try step(bytes)
      return nil
    } catch {
      return error
    }
  }

  /// All frames of a stream that arrives in the given pieces.
  private func frames(_ stream: [UInt8], pieces: (Int) -> Int) throws -> [RawFrame] {
    var queue = ByteQueue()
    var frames: [RawFrame] = []
    var sent = 0
    while sent < stream.count {
      queue.reclaim()
      let end = min(stream.count, sent + pieces(stream.count - sent))
      stream[sent..<end].withUnsafeBytes { queue.append($0) }
      sent = end
      while case .frame(let header) = try decoder.next(queue.unread) {
        let bytes = Array(queue.unread)
        let body = FrameHeader.bytes + header.headBytes
        frames.append(
          RawFrame(
            kind: header.kind.rawValue, head: Array(bytes[FrameHeader.bytes..<body]),
            body: Array(bytes[body..<body + header.bodyBytes])))
        queue.consume(body + header.bodyBytes)
      }
    }
    let rest = queue.count
    #expect(rest == 0)
    return frames
  }

  @Test func `however a stream is cut, the frames are the same`() throws {
    for seed in UInt64(1)...50 {
      var random = SeededGenerator(seed: seed)
      let sent = (0..<20).map { _ in
        RawFrame(
          kind: .random(in: 0...7, using: &random), head: random.bytes(0...60),
          body: random.bytes(0...90))
      }
      let stream = sent.flatMap(\.bytes)
      #expect(try frames(stream) { _ in 1 } == sent, "seed \(seed)")
      #expect(try frames(stream) { $0 } == sent, "seed \(seed)")
      let cut = try frames(stream) { _ in Int.random(in: 1...150, using: &random) }
      #expect(cut == sent, "seed \(seed)")
    }
  }

  @Test func `what is not whole says how much is needed`() throws {
    let frame = RawFrame(kind: 4, head: [8, 1], body: []).bytes
    for count in 0..<4 { #expect(try step(Array(frame[..<count])) == .incomplete(bytes: 8)) }
    for count in 4..<10 { #expect(try step(Array(frame[..<count])) == .incomplete(bytes: 10)) }
    #expect(try step(frame) == .frame(FrameHeader(kind: .ping, headBytes: 2, bodyBytes: 0)))
    #expect(
      try step(frame + [1, 2]) == .frame(FrameHeader(kind: .ping, headBytes: 2, bodyBytes: 0)))
  }

  @Test func `a length at the limit is taken, one over is refused at once`() throws {
    #expect(try step([0, 0, 0x03, 0xE8]) == .incomplete(bytes: 1_004))
    #expect(error([0, 0, 0x03, 0xE9])?.code == .limit)
    #expect(error([255, 255, 255, 255])?.reason.hasPrefix("a frame of 4294967295 bytes") == true)
  }

  @Test func `a length that cannot hold its own header is refused`() {
    for length in UInt8(0)..<4 {
      #expect(error([0, 0, 0, length])?.code == .protocolViolation)
    }
    #expect(error([0, 0, 0, 4]) == nil)
  }

  @Test func `unknown kinds and flags are refused before the frame is whole`() {
    for kind in UInt8(9)...255 {
      #expect(error([0, 0, 0, 9, kind, 0, 0, 0])?.code == .protocolViolation)
    }
    for bit in 0..<8 {
      #expect(error([0, 0, 0, 9, 1, 1 << bit, 0, 0])?.code == .protocolViolation)
    }
  }

  @Test func `a head longer than its frame is refused`() throws {
    #expect(error([0, 0, 0, 9, 1, 0, 0, 6])?.code == .protocolViolation)
    #expect(error([0, 0, 0, 9, 1, 0, 255, 255])?.code == .protocolViolation)
    #expect(try step([0, 0, 0, 9, 1, 0, 0, 5]) == .incomplete(bytes: 13))
  }

  @Test func `random bytes are a step or an error`() {
    for seed in UInt64(1)...5_000 {
      var random = SeededGenerator(seed: seed)
      var bytes = random.bytes(0...30)
      for index in 0..<min(2, bytes.count) { bytes[index] = 0 }
      _ = error(bytes)
    }
  }
}
