package import RPC
package import Telemetry

/// A client's HTTP/1.1 connection: requests are answered in their order, however long each takes.
///
/// A client that ends its side has left: what it asked for is abandoned. Confined to its loop.
package final class HTTPConnection: ByteStreamOwner, ServedConnection {
  private let stream: ByteStream
  private let limits: HTTPLimits
  private let stalledMilliseconds: Int64
  private let handler: any HTTPHandler
  private var parser: HTTPRequestParser
  private var exchanges: [HTTPExchange] = []
  private var isParsing = false
  /// No further request is read.
  private var isEnding = false
  private var isDraining = false
  private var phase = HTTPRequestParser.Phase.idle
  private var phaseSince: Instant

  /// - Parameter stalledMilliseconds: after which a client is cut off that takes nothing of what
  ///   waits for it.
  package init(
    _ stream: ByteStream, handler: any HTTPHandler, limits: HTTPLimits,
    stalledMilliseconds: Int64 = Limits().stalledOutputMilliseconds
  ) {
    self.stream = stream
    self.handler = handler
    self.limits = limits
    self.stalledMilliseconds = stalledMilliseconds
    parser = HTTPRequestParser(limits)
    phaseSince = stream.loop.turnStart
  }

  /// Whoever made the connection keeps it until it is `closed`.
  package func start() throws(SystemError) { try stream.start(self) }

  // MARK: Requests

  package func received() {
    // A handler that answers at once leads back here.
    guard !isParsing else { return }
    isParsing = true
    while !isEnding, !stream.isClosed, exchanges.count < limits.pipelinedMax, parseOne() {}
    isParsing = false
    guard !stream.isClosed else { return }
    if isEnding { stream.input.consume(stream.input.count) }
    // What a client pipelines beyond the limit waits in the kernel.
    stream.isReadingPaused = exchanges.count >= limits.pipelinedMax && !isEnding
    continueIfAwaited()
    note(parser.phase)
  }

  /// False when there is no whole request.
  private func parseOne() -> Bool {
    var consumed = 0
    let step = parser.next(stream.input.unread, consumed: &consumed)
    stream.input.consume(consumed)
    switch step {
    case .needsMore: return false
    case .refused(let refusal):
      refuse(refusal)
      return false
    case .request(let request):
      note(.idle)
      isEnding = !request.keepsAlive
      let exchange = HTTPExchange(
        self, keepsAlive: request.keepsAlive, isHead: request.method == "HEAD")
      exchanges.append(exchange)
      handler.handle(request, exchange)
      return true
    }
  }

  private func refuse(_ refusal: HTTPRefusal) {
    isEnding = true
    let exchange = HTTPExchange(self, keepsAlive: false, isHead: false)
    exchanges.append(exchange)
    exchange.answer(handler.response(to: refusal))
  }

  private func continueIfAwaited() {
    // In its order: answers to earlier requests come before it.
    guard parser.awaitsContinue, exchanges.isEmpty, !isEnding else { return }
    parser.continued()
    send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
  }

  private func note(_ now: HTTPRequestParser.Phase) {
    guard now != phase else { return }
    phase = now
    phaseSince = stream.loop.turnStart
  }

  // MARK: Answers

  func answered() {
    guard !stream.isClosed else { return }
    while let exchange = exchanges.first, let response = exchange.response {
      exchanges.removeFirst()
      let isLast = isDraining && exchanges.isEmpty && parser.phase == .idle
      let keepsAlive = exchange.keepsAlive && !isLast
      let date = HTTPDate.format(unixSeconds: wallClockMilliseconds() / 1_000)
      send(response.encode(date: date, keepsAlive: keepsAlive, withBody: !exchange.isHead))
      guard keepsAlive else { return end() }
    }
    if exchanges.isEmpty, phase == .idle { phaseSince = stream.loop.turnStart }
    // What waited for room.
    received()
  }

  private func send(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { stream.output.append($0) }
    stream.outputGrew()
  }

  // MARK: Time and ending

  private func end() {
    isEnding = true
    stream.isReadingPaused = false
    stream.closeWhenFlushed()
  }

  package func drain() {
    isDraining = true
    if exchanges.isEmpty, parser.phase == .idle { end() }
  }

  package func tick(_ now: Instant) {
    stream.noteProgress(now)
    if let since = stream.stalledSince, now > since.adding(milliseconds: stalledMilliseconds) {
      return stream.close("the client does not read")
    }
    guard !isEnding else { return }
    switch phase {
    case .head where now > phaseSince.adding(milliseconds: limits.headMilliseconds):
      refuse(HTTPRefusal(408, "the head took more than \(limits.headMilliseconds) ms"))
    case .body where now > phaseSince.adding(milliseconds: limits.bodyMilliseconds):
      refuse(HTTPRefusal(408, "the body took more than \(limits.bodyMilliseconds) ms"))
    case .idle where exchanges.isEmpty:
      if now > phaseSince.adding(milliseconds: limits.idleMilliseconds) { return end() }
      if stream.output.isEmpty, stream.input.isEmpty { stream.releaseIdleMemory() }
    default: break
    }
  }

  package func closed(_ reason: String?) {
    let left = exchanges.filter { $0.response == nil }
    exchanges = []
    for exchange in left { handler.abandon(exchange) }
    handler.closed(self, reason ?? "the client left")
  }
}
