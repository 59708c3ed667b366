internal import Telemetry

/// What a channel is told of its connections.
protocol ChannelConnectionOwner: AnyObject {
  func opened(_ connection: ChannelConnection)
  /// The server has loaded something else.
  func advertised(_ connection: ChannelConnection)
  /// The server takes no new calls on it.
  func drained(_ connection: ChannelConnection)
  /// Called once; its calls are still in it. `code` is the server's, if it sent a close.
  func ended(_ connection: ChannelConnection, _ code: CloseCode?, _ reason: String)
}

/// One connection of a channel from its socket to its end, with the calls on it. Confined to its
/// loop.
final class ChannelConnection: EventSource, FrameConnectionOwner {
  private let loop: EventLoop
  private let identity: Identity
  private let limits: Limits
  /// Until the connection ends.
  private var owner: (any ChannelConnectionOwner)?
  private var connecting: (socket: Socket, registration: EventLoop.Registration)?
  @exclusivity(unchecked) private var frames: FrameConnection?
  /// That the peer takes at once.
  @exclusivity(unchecked) private var callsInFlightMax = 0
  private var timer: TimerQueue.ID?
  private var hasEnded = false
  /// No new calls; it is closed when the last has its answer.
  @exclusivity(unchecked) private var isFinishing = false
  @exclusivity(unchecked) private var calls = CallTable<OngoingCall>()

  init(
    on loop: EventLoop, identity: Identity, limits: Limits, owner: any ChannelConnectionOwner
  ) {
    self.loop = loop
    self.identity = identity
    self.limits = limits
    self.owner = owner
  }

  /// The server's own name; empty before its hello.
  var peerName: String { frames?.peerName ?? "" }
  /// Nil where it does not say.
  var peerServes: ServedTags? { frames?.state.peer.flatMap { ServedTags($0.serves) } }
  /// Its program and version; empty before its hello.
  var peerSoftware: String { frames?.state.peer?.software ?? "" }
  var peerFrameBytesMax: Int { Int(frames?.state.peer?.frameBytesMax ?? 0) }

  /// A connection that is closing is open until its last frame has left.
  var takesCalls: Bool { frames?.state.phase == .open && !isFinishing }

  var hasRoom: Bool { calls.count < callsInFlightMax && outputBytes <= limits.outputBytesFull }

  private var outputBytes: Int { frames?.stream.output.count ?? 0 }

  // MARK: Connecting

  /// Host names are looked up first, off the loop.
  func connect(to address: Address) throws(SystemError) {
    // Until the peer's hello, not only until the kernel's connection: a stopped process has that.
    timer = loop.schedule(at: .now().adding(milliseconds: limits.connectMilliseconds)) {
      [self] in
      timer = nil
      end("no connection within \(limits.connectMilliseconds) ms")
    }
    guard case .tcp(let host, let port) = address, !address.isNumeric else {
      return try open(address)
    }
    let this = LoopConfined(self)
    NameLookup().start(host, port, on: loop) { this.value?.found($0, of: host) }
  }

  private func found(_ addresses: [Address]?, of host: String) {
    guard !hasEnded else { return }
    guard let address = addresses?.randomElement() else {
      return end("\(host) cannot be resolved")
    }
    do throws(SystemError) {
      try open(address)
    } catch {
      end(error.description)
    }
  }

  private func open(_ address: Address) throws(SystemError) {
    let socket = try Socket.connecting(to: SocketAddress(address))
    do throws(SystemError) {
      connecting = (socket, try loop.register(socket.descriptor, .writable, self))
    } catch {
      socket.close()
      throw error
    }
  }

  /// The connecting socket is ready.
  func ready(_ events: EventLoop.Events) {
    guard let (socket, registration) = connecting else { return }
    if let error = socket.connectError() { return end(error.description) }
    loop.remove(registration, socket.descriptor)
    connecting = nil
    let stream = ByteStream(socket, on: loop, limits: limits, readsAlways: true)
    let frames = FrameConnection(stream, .client, identity: identity, limits: limits)
    self.frames = frames
    do throws(SystemError) {
      try frames.start(self)
    } catch {
      stream.close(error.description)
    }
  }

  func opened(_ connection: FrameConnection) {
    cancelTimer()
    callsInFlightMax = Int(connection.state.peer?.callsInFlightMax ?? 0)
    owner?.opened(self)
  }

  private func cancelTimer() {
    if let timer { loop.cancel(timer) }
    timer = nil
  }

  // MARK: Calls

  /// False when the request is longer than the peer takes.
  func transmit(_ attempt: UInt64, of call: OngoingCall, _ now: Instant) -> Bool {
    guard let frames else { return true }
    // Before it is sent: a peer that does not read may make that the connection's end.
    calls.insert(call, as: attempt)
    if call.send(attempt, on: frames, now) { return true }
    _ = calls.remove(attempt)
    return false
  }

  /// False when the attempt is not on this connection.
  func cancel(_ attempt: UInt64) -> Bool {
    guard let frames, calls.remove(attempt) != nil else { return false }
    var cancel = Cancel()
    cancel.call = attempt
    frames.send(.cancel, cancel)
    closeIfFinished()
    return true
  }

  func received(
    _ kind: FrameKind, head: Range<Int>, body: Range<Int>, on connection: FrameConnection
  ) {
    switch kind {
    case .response: answered(head, body, connection)
    case .advertisement: owner?.advertised(self)
    case .drain:
      owner?.drained(self)
      finish()
    default: break
    }
  }

  private func answered(_ head: Range<Int>, _ body: Range<Int>, _ frames: FrameConnection) {
    let bytes = frames.stream.input.bytes(at: head).assumingMemoryBound(to: UInt8.self)
    let frameBytes = FrameHeader.bytes + head.count + body.count
    let body = frames.stream.input.bytes(at: body)
    // After decoding, whatever it was that was decoded.
    defer { loop.arena.reset() }
    if let header = AnswerHeader(plain: bytes) {
      answered(header, body, frameBytes, isCompressed: frames.isBodyCompressed)
    } else if let header = AnswerHeader(unpacking: bytes, in: loop.arena) {
      answered(header, body, frameBytes, isCompressed: frames.isBodyCompressed)
    } else {
      frames.close(.protocolViolation, "a response whose head is no ResponseHead")
    }
  }

  private func answered(
    _ header: borrowing AnswerHeader, _ body: UnsafeRawBufferPointer, _ frameBytes: Int,
    isCompressed: Bool
  ) {
    // An answer that crossed our cancel has nobody waiting for it.
    if let call = calls.remove(header.call) {
      call.answered(header, body, frameBytes: frameBytes, isCompressed: isCompressed)
    }
    closeIfFinished()
  }

  // MARK: Time and ending

  func tick(_ now: Instant) {
    frames?.tick(now)
    if calls.isEmpty, let frames, frames.stream.output.isEmpty {
      frames.stream.releaseIdleMemory()
      calls.release()
    }
  }

  /// Takes no new calls, and closes once those that run have ended.
  func finish() {
    isFinishing = true
    closeIfFinished()
  }

  /// As `finish`, for a connection that the server does not know to be over.
  func drain(_ reason: String) {
    frames?.drain(reason)
    finish()
  }

  private func closeIfFinished() {
    guard isFinishing, calls.isEmpty else { return }
    frames?.close(.done, "drained")
  }

  func loopEnded() { end("the loop has ended") }

  func closed(_ connection: FrameConnection, _ code: CloseCode?, _ reason: String) {
    ended(code, reason)
  }

  /// At once; calls that run are lost.
  func end(_ reason: String) {
    let frames = self.frames
    ended(nil, reason)
    // Connected, but perhaps without a hello: nobody else would ever close it.
    frames?.stream.close(reason)
  }

  /// In order, with a word to the server; calls that run are lost.
  func close(_ reason: String) {
    let frames = self.frames
    frames?.close(.done, reason)
    ended(nil, reason)
    frames?.stream.flush()
  }

  private func ended(_ code: CloseCode?, _ reason: String) {
    guard !hasEnded else { return }
    hasEnded = true
    cancelTimer()
    if let (socket, registration) = connecting {
      loop.remove(registration, socket.descriptor)
      socket.close()
      connecting = nil
    }
    let owner = self.owner
    self.owner = nil
    owner?.ended(self, code, reason)
    frames = nil
  }

  /// The calls that an ended connection has left behind, by their attempts on it.
  func takeCalls() -> [(number: UInt64, call: OngoingCall)] {
    calls.removeAll()
  }
}
