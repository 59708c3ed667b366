internal import RPC

/// A connection to the HTTP port that is kept alive.
final class HTTPCaller: EdgeCaller, ByteStreamOwner {
  private let stream: ByteStream
  private let events: EdgeCallerEvents

  init(_ socket: Socket, on loop: EventLoop, _ events: EdgeCallerEvents) {
    stream = ByteStream(socket, on: loop, limits: Limits())
    self.events = events
  }

  func start() throws(SystemError) {
    try stream.start(self)
    // What is asked before the connection stands waits in the stream.
    events.opened()
  }

  func ask(_ request: [UInt8]) {
    request.withUnsafeBytes { stream.output.append($0) }
    stream.outputGrew()
  }

  func received() {
    switch HTTPAnswerReader.next(stream.input.unread) {
    case .needsMore: break
    case .invalid: events.failed("what came is no HTTP answer with a length")
    case .answer(200, let bytes):
      stream.input.consume(bytes)
      events.answered(bytes)
    case .answer(let status, let bytes):
      let text = String(decoding: stream.input.unread.prefix(bytes), as: UTF8.self)
      events.failed("HTTP status \(status): \(text.split(separator: "\n").last ?? "")")
    }
  }

  func closed(_ reason: String?) { events.failed(reason ?? "the gateway closed the connection") }

  func close() { stream.close(nil) }
}
