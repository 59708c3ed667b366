internal import RPC

/// A connection to the binary port.
final class FrameCaller: EdgeCaller, FrameConnectionOwner {
  private let connection: FrameConnection
  private let events: EdgeCallerEvents

  init(_ socket: Socket, on loop: EventLoop, _ events: EdgeCallerEvents) {
    let limits = Limits()
    connection = FrameConnection(
      ByteStream(socket, on: loop, limits: limits), .client, identity: Brigade.identity,
      limits: limits)
    self.events = events
  }

  func start() throws(SystemError) { try connection.start(self) }

  func opened(_ connection: FrameConnection) { events.opened() }

  func ask(_ request: [UInt8]) {
    request.withUnsafeBytes { connection.stream.output.append($0) }
    connection.stream.outputGrew()
  }

  func received(
    _ kind: FrameKind, head: Range<Int>, body: Range<Int>, on connection: FrameConnection
  ) {
    guard kind == .response else { return }
    defer { connection.loop.arena.reset() }
    let bytes = connection.stream.input.bytes(at: head)
    guard let read = try? ResponseHead(decoding: bytes, in: connection.loop.arena) else {
      return events.failed("what came is no response")
    }
    guard read.code == 0 else { return events.failed("code \(read.code): \(read.message)") }
    events.answered(FrameHeader.bytes + head.count + body.count)
  }

  func closed(_ connection: FrameConnection, _ code: CloseCode?, _ reason: String) {
    events.failed(reason)
  }

  func close() { connection.close(.done, "done") }
}
