internal import CMessages
internal import Telemetry

/// A caller's connection and its unanswered calls. Confined to its loop.
final class ServerConnection: FrameConnectionOwner, CallOrigin, ServedConnection {
  let server: ServerLoop
  let frames: FrameConnection
  @exclusivity(unchecked) private var calls = CallTable<CallContext>()
  private(set) var drainedSince: Instant?
  /// What the caller was told last.
  private var advertised: ServedTags?

  init(_ frames: FrameConnection, server: ServerLoop) {
    self.frames = frames
    self.server = server
  }

  var callsInFlight: Int { calls.count }

  /// Where it is not what the hello said, or an advertisement since. Before the caller's hello it
  /// can't be known whether it takes any.
  func advertise() {
    guard frames.state.phase != .awaitingHello, server.serves != advertised else { return }
    advertised = server.serves
    var advertisement = Advertisement()
    advertisement.serves = advertised?.texts ?? []
    frames.send(.advertisement, advertisement)
  }

  func start() throws(SystemError) {
    advertised = server.serves
    try frames.start(self, serves: advertised?.texts ?? [])
  }

  func opened(_ connection: FrameConnection) {
    advertise()
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
    let bytes = frames.stream.input.bytes(at: head).assumingMemoryBound(to: UInt8.self)
    if let header = RequestHeader(plain: bytes) { return take(header, head, body) }
    let arena = server.loop.arena
    defer { arena.reset() }
    guard let header = RequestHeader(unpacking: bytes, in: arena) else {
      return frames.close(.protocolViolation, "a request whose head is no RequestHead")
    }
    take(header, head, body)
  }

  private func take(_ header: borrowing RequestHeader, _ head: Range<Int>, _ body: Range<Int>) {
    // Looked at first: a call that is replaced would never be booked out.
    guard !calls.contains(header.call) else {
      return frames.close(.protocolViolation, "call \(header.call) is in use")
    }
    guard let method = server.index.find(header.method) else { return refuse(header, body) }
    let call = server.context(header, method, body: body, from: self)
    if header.hasMetadata || frames.isBodyCompressed { noteExtras(of: call, head) }
    calls.insert(call, as: header.call)
    guard call.intercept() else { return }
    if let problem = call.extras?.metadata.problem(server.limits) {
      call.fail(problem)
    } else if let refusal = refusal() {
      server.turnAway(call, refusal)
    } else {
      server.queue(call)
    }
  }

  private func refuse(_ header: borrowing RequestHeader, _ body: Range<Int>) {
    let name = String(decoding: header.method, as: UTF8.self)
    let call = server.context(header, nil, body: body, from: self)
    calls.insert(call, as: header.call)
    server.turnAway(call, server.methods.unimplemented(name))
  }

  private func noteExtras(of call: CallContext, _ head: Range<Int>) {
    // It has been read before, so it is one.
    let head = try? RequestHead(
      decoding: frames.stream.input.bytes(at: head), in: server.loop.arena)
    call.received(head?.metadata ?? [], isCompressed: frames.isBodyCompressed)
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
    if let call = calls.remove(cancel.call) { server.abandon(call) }
    closeIfDrained(server.loop.turnStart)
  }

  func withBody(of call: CallContext, _ use: (UnsafeRawBufferPointer) -> Void) {
    guard call.heldBytes == nil else {
      return call.heldBody.withUnsafeBytes { inflating($0, of: call, use) }
    }
    inflating(frames.stream.input.bytes(at: call.body), of: call, use)
  }

  private func inflating(
    _ bytes: UnsafeRawBufferPointer, of call: CallContext, _ use: (UnsafeRawBufferPointer) -> Void
  ) {
    guard call.isCompressed else { return use(bytes) }
    do throws(RPCError) {
      try server.codec.inflate(bytes).withUnsafeBytes(use)
    } catch {
      call.fail(error)
    }
  }

  func holdBody(of call: CallContext) -> Int {
    call.heldBody = Array(frames.stream.input.bytes(at: call.body))
    return call.heldBody.count
  }

  func answer(_ call: CallContext, _ answer: Answer) {
    _ = calls.remove(call.id)
    var code = Code.ok
    switch fitting(answer, of: call) {
    case .message(let message):
      if !send(call, message) {
        code = .resourceExhausted
        send(call, RPCError(code, "the answer is longer than the caller takes", advice: .never))
      }
    case .failure(let error):
      code = error.code
      send(call, error)
    }
    server.answered(call, code)
    closeIfDrained(server.loop.turnStart)
  }

  /// Metadata that is too long is left out, and the answer is an error that says so.
  private func fitting(_ answer: Answer, of call: CallContext) -> Answer {
    guard let problem = call.extras?.answerMetadata.problem(server.limits) else { return answer }
    call.answerMetadata = []
    return .failure(
      RPCError(problem.code, "the answer has \(problem.message)", advice: .never))
  }

  private func send(
    _ call: CallContext, _ message: UnsafePointer<ProtobufCMessage>
  ) -> Bool {
    withHead(of: call) { head in
      call.compressesAnswer
        ? frames.send(head, body: message, compressedBy: server.codec)
        : frames.send(head, body: message)
    }
  }

  private func send(_ call: CallContext, _ error: RPCError) {
    var message = error.message.cut(toBytes: ServerLoop.messageBytesMax)
    message.withUTF8 { bytes in
      withHead(of: call) { head in
        var head = head
        head.code = error.code
        head.message = UnsafeRawBufferPointer(bytes)
        head.advice = error.advice
        // A head alone fits in every peer's frames.
        _ = frames.send(head, body: nil)
      }
    }
  }

  private func withHead<Result>(of call: CallContext, _ use: (AnswerHead) -> Result) -> Result {
    var head = head(of: call)
    guard let metadata = call.extras?.answerMetadata, !metadata.isEmpty else { return use(head) }
    return metadata.asHeadFields.withUnsafeBytes {
      head.metadata = $0
      return use(head)
    }
  }

  private func head(of call: CallContext) -> AnswerHead {
    AnswerHead(
      call: call.id, queueMicroseconds: call.started.microseconds(since: call.received),
      handlerMicroseconds: call.ended.microseconds(since: call.started),
      loadInFlight: UInt32(clamping: server.callsInFlight), loadPermille: server.loadPermille)
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
    if calls.isEmpty, frames.stream.output.isEmpty {
      frames.stream.releaseIdleMemory()
      calls.release()
    }
  }

  func closed(_ connection: FrameConnection, _ code: CloseCode?, _ reason: String) {
    let abandoned = calls.removeAll()
    for (_, call) in abandoned { server.abandon(call) }
    server.closed(self, reason)
  }
}

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

  /// In its present role this replica does not serve the method; another one does.
  package static func misdirected(_ message: String) -> RPCError {
    RPCError(.failedPrecondition, message, advice: .notStarted)
  }
}
