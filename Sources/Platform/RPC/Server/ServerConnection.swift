internal import CMessages
internal import Telemetry

/// A caller's connection and its unanswered calls. Confined to its loop.
final class ServerConnection: FrameConnectionOwner, CallOrigin, ServedConnection {
  unowned let server: ServerLoop
  let frames: FrameConnection
  private var calls: [UInt64: CallContext] = [:]
  private(set) var drainedSince: Instant?

  init(_ frames: FrameConnection, server: ServerLoop) {
    self.frames = frames
    self.server = server
  }

  var callsInFlight: Int { calls.count }

  func opened(_ connection: FrameConnection) {
    if server.isDraining { drain() }
  }

  func received(
    _ kind: FrameKind, head: Range<Int>, body: Range<Int>, on connection: FrameConnection
  ) {
    switch kind {
    case .request: receivedRequest(head, body)
    case .cancel: receivedCancel(head)
    case .drain: closeIfDrained(server.loop.turnStart)
    default: break
    }
  }

  private func receivedRequest(_ head: Range<Int>, _ body: Range<Int>) {
    var method: MethodTable.Entry?
    var name = ""
    let header = RequestHeader(
      frames.stream.input.bytes(at: head), limits: server.limits, in: server.loop.arena,
      method: &method
    ) { bytes in
      let found = server.methods.find(bytes)
      if found == nil { name = String(cString: bytes) }
      return found
    }
    guard let header else {
      return frames.close(.protocolViolation, "a request whose head is no RequestHead")
    }
    // Looked at first: a call that is replaced would never be booked out.
    guard calls[header.call] == nil else {
      return frames.close(.protocolViolation, "call \(header.call) is in use")
    }
    let call = CallContext(
      header, method: method, body: body, from: self, on: server.loop,
      isCompressed: frames.isBodyCompressed)
    calls[header.call] = call
    if method == nil {
      answer(call, Failure.failure(server.methods.unimplemented(name)))
    } else if let problem = call.metadata.problem(server.limits) {
      answer(call, Failure.failure(problem))
    } else if let refusal = refusal() {
      answer(call, Failure.failure(refusal))
    } else {
      server.queue(call)
    }
  }

  /// Decided before the body is looked at.
  private func refusal() -> RPCError? {
    if calls.count > server.limits.callsInFlightMax {
      return .notStarted("more than \(server.limits.callsInFlightMax) calls on this connection")
    }
    return server.refusal()
  }

  private func receivedCancel(_ head: Range<Int>) {
    let cancel = try? Cancel(
      decoding: frames.stream.input.bytes(at: head), in: server.loop.arena)
    server.loop.arena.reset()
    guard let cancel else {
      return frames.close(.protocolViolation, "a cancel whose head is no Cancel")
    }
    if let call = calls.removeValue(forKey: cancel.call) { server.abandon(call) }
    closeIfDrained(server.loop.turnStart)
  }

  func isWaiting(_ call: CallContext) -> Bool { calls[call.id] === call }

  func withBody(of call: CallContext, _ use: (UnsafeRawBufferPointer) -> Void) {
    let bytes = frames.stream.input.bytes(at: call.body)
    guard call.isCompressed else { return use(bytes) }
    do throws(RPCError) {
      try server.codec.inflate(bytes).withUnsafeBytes(use)
    } catch {
      call.finish(Failure.failure(error))
    }
  }

  /// The answer to a call; dropped when the caller has left.
  func answer<Response: Message>(_ call: CallContext, _ result: Result<Response, RPCError>) {
    guard isWaiting(call) else { return }
    calls[call.id] = nil
    var code = Code.ok
    var result = result
    if let problem = call.answerMetadata.problem(server.limits) {
      call.answerMetadata = []
      result = .failure(RPCError(problem.code, "the answer has \(problem.message)", advice: .never))
    }
    switch result {
    case .success(let response):
      if !send(call, nil, response) {
        code = .resourceExhausted
        let error = RPCError(code, "the answer is longer than the caller takes", advice: .never)
        _ = send(call, error, Response?.none)
      }
    case .failure(let error):
      code = error.code
      _ = send(call, error, Response?.none)
    }
    server.answered(call, code)
    closeIfDrained(server.loop.turnStart)
  }

  private func send<Response: Message>(
    _ call: CallContext, _ error: RPCError?, _ response: Response?
  ) -> Bool {
    let arena = server.loop.arena
    defer { arena.reset() }
    let now = Instant.now()
    var head = Brigade__V1__ResponseHead()
    brigade__v1__response_head__init(&head)
    head.call = call.id
    head.queue_us = call.started.microseconds(since: call.received)
    head.handler_us = now.microseconds(since: call.started)
    head.load_in_flight = UInt32(clamping: server.callsInFlight)
    head.load_permille = server.loadPermille
    if let error {
      head.code = error.code.rawValue
      head.message = arena.string(error.message.cut(toBytes: ServerLoop.messageBytesMax))
      head.advice = error.advice.c
    }
    if !call.answerMetadata.isEmpty {
      (head.metadata, head.n_metadata) = (
        arena.messages(call.answerMetadata), call.answerMetadata.count
      )
    }
    let body = arena.message(response).map {
      UnsafeRawPointer($0).assumingMemoryBound(to: ProtobufCMessage.self)
    }
    return withUnsafePointer(to: &head) {
      let head = UnsafeRawPointer($0).assumingMemoryBound(to: ProtobufCMessage.self)
      guard let body, call.compressesAnswer else {
        return frames.send(.response, head: head, body: body)
      }
      return frames.send(.response, head: head, body: body, compressedBy: server.codec)
    }
  }

  // MARK: Ending

  func drain() {
    frames.drain("the server is stopping")
    closeIfDrained(server.loop.turnStart)
  }

  /// A client that was told to drain closes by itself once its calls are answered; one that does
  /// not is closed after a while.
  private func closeIfDrained(_ now: Instant) {
    guard frames.state.phase == .draining, calls.isEmpty else { return }
    drainedSince = drainedSince ?? now
  }

  func tick(_ now: Instant) {
    frames.tick(now)
    if let drainedSince,
      now > drainedSince.adding(milliseconds: ServerLoop.lingerMilliseconds), calls.isEmpty
    {
      frames.close(.done, "drained")
    }
    if calls.isEmpty, frames.stream.output.isEmpty { frames.stream.releaseIdleMemory() }
  }

  func closed(_ connection: FrameConnection, _ code: CloseCode?, _ reason: String) {
    let abandoned = calls.values
    calls = [:]
    for call in abandoned { server.abandon(call) }
    server.closed(self, reason)
  }
}

/// A result that carries no response.
private typealias Failure = Result<HealthResponse, RPCError>

extension String {
  /// As many whole scalars as fit. Bytes are counted, as one character may be of any length.
  package func cut(toBytes bytesMax: Int) -> String {
    guard utf8.count > bytesMax else { return self }
    var end = utf8.index(utf8.startIndex, offsetBy: bytesMax)
    while UTF8.isContinuation(utf8[end]) { end = utf8.index(before: end) }
    return String(self[..<end])
  }
}

extension RPCError {
  /// Overload or shutdown: another replica may take the call.
  package static func notStarted(_ message: String) -> RPCError {
    RPCError(.unavailable, message, advice: .notStarted)
  }
}
