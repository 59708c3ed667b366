internal import CMessages
internal import Telemetry

/// What a channel tells the set that it belongs to.
protocol ChannelOwner: AnyObject {
  func channelChanged(_ channel: Channel)
  /// No replica of the set can be asked now.
  var hasNobody: Bool { get }
}

/// The connection to one replica: made, watched, and made again with growing pauses. Many calls
/// share it. Confined to its loop.
final class Channel: EventSource, FrameConnectionOwner {
  enum State: Equatable {
    case connecting
    case open
    /// The peer takes no new calls; those that run go on.
    case draining
    /// Not connected until the pause is over.
    case waiting
    case closed
  }

  private static let pauseMilliseconds: ClosedRange<Int64> = 20...1_000
  /// Longest pause while the set has nobody: until then every call fails.
  private static let pauseInNeedMilliseconds: Int64 = 100
  /// A connection that lasts this long ends the growth of the pauses; one that opens and breaks at
  /// once, again and again, would cost calls each time.
  private static let stableMilliseconds: Int64 = 1_000

  let id: Balancer.ID
  let address: Address
  private let loop: EventLoop
  private let identity: Identity
  private let limits: Limits
  private weak var owner: (any ChannelOwner)?

  private(set) var state = State.waiting
  /// Why the last connection ended or could not be made.
  private(set) var lastError = "not connected yet"
  private var everOpened = false
  private var openedAt: Instant?
  private var peerName = ""
  /// No longer in the list of replicas: closed for good once its calls have ended.
  private var isRetired = false
  private var failures = 0
  private var connecting: (socket: Socket, registration: EventLoop.Registration)?
  private var frames: FrameConnection?
  private var timer: TimerQueue.ID?
  private var calls: [UInt64: Attempt] = [:]
  private var unsent: [Attempt] = []
  private var nextCall: UInt64 = 1

  init(
    _ id: Balancer.ID, _ address: Address, on loop: EventLoop, identity: Identity, limits: Limits,
    owner: any ChannelOwner
  ) {
    self.id = id
    self.address = address
    self.loop = loop
    self.identity = identity
    self.limits = limits
    self.owner = owner
  }

  /// The replica's own name, its address as long as it has not said it.
  var name: String { peerName.isEmpty ? address.description : peerName }

  /// Being made for the first time, so that a call may wait for it.
  var mayOpenSoon: Bool { state == .connecting && !everOpened && failures == 0 }

  private func enter(_ next: State) {
    guard state != next, state != .closed else { return }
    state = next
    owner?.channelChanged(self)
  }

  // MARK: Connecting

  func connect() {
    guard state == .waiting else { return }
    enter(.connecting)
    do throws(SystemError) {
      let socket = try Socket.connecting(to: SocketAddress(address))
      connecting = (socket, try register(socket))
      // Until the peer's hello, not only until the kernel's connection: a stopped process has that.
      timer = loop.schedule(at: .now().adding(milliseconds: limits.connectMilliseconds)) {
        [weak self] in self?.connectingTooLong()
      }
    } catch {
      failed(error.description)
    }
  }

  private func register(_ socket: Socket) throws(SystemError) -> EventLoop.Registration {
    do throws(SystemError) {
      return try loop.register(socket.descriptor, .writable, self)
    } catch {
      socket.close()
      throw error
    }
  }

  private func connectingTooLong() {
    timer = nil
    failed("no connection within \(limits.connectMilliseconds) ms")
  }

  /// The connecting socket is ready.
  func ready(_ events: EventLoop.Events) {
    guard let (socket, registration) = connecting else { return }
    if let error = socket.connectError() { return failed(error.description) }
    loop.remove(registration, socket.descriptor)
    connecting = nil
    let stream = ByteStream(socket, on: loop, limits: limits)
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
    everOpened = true
    openedAt = loop.turnStart
    peerName = connection.peerName
    enter(.open)
    // One at a time: what a failed one's caller does may cancel the others or end the connection.
    while state == .open, connection.state.phase == .open, !unsent.isEmpty {
      transmit(unsent.removeFirst(), on: connection)
    }
  }

  private func failed(_ reason: String) {
    closeConnecting()
    let frames = self.frames
    lost(nil, reason)
    // Connected, but without a hello: nobody else would ever close it.
    frames?.stream.close(reason)
  }

  func loopEnded() { failed("the loop has ended") }

  private func closeConnecting() {
    guard let (socket, registration) = connecting else { return }
    loop.remove(registration, socket.descriptor)
    socket.close()
    connecting = nil
  }

  func closed(_ connection: FrameConnection, _ code: CloseCode?, _ reason: String) {
    guard connection === frames else { return }
    lost(code, reason)
  }

  private func lost(_ code: CloseCode?, _ reason: String) {
    frames = nil
    cancelTimer()
    lastError = reason
    let (sent, unsent) = (Array(calls.values), self.unsent)
    calls = [:]
    self.unsent = []
    if isRetired { enter(.closed) }
    if state != .closed {
      enter(.waiting)
      pause()
    }
    let error = RPCError(.unavailable, "\(address): \(reason)")
    for attempt in unsent { attempt.lost(.notSent, error) }
    // A server that says it is done has answered all that it read.
    for attempt in sent { attempt.lost(code == .done ? .notSent : .unanswered, error) }
  }

  /// Pauses double, and differ between callers, so that a replica that comes back isn't stormed.
  private func pause() {
    let range = Self.pauseMilliseconds
    let now = Instant.now()
    if let openedAt, now > openedAt.adding(milliseconds: Self.stableMilliseconds) { failures = 0 }
    openedAt = nil
    let most = owner?.hasNobody == true ? Self.pauseInNeedMilliseconds : range.upperBound
    let longest = min(most, range.lowerBound << Int64(min(failures, 10)))
    failures += 1
    connectLater(longest)
  }

  /// The last other replica was lost: ends a pause that may be a long one.
  func hurry() {
    guard state == .waiting, timer != nil else { return }
    cancelTimer()
    connectLater(Self.pauseInNeedMilliseconds)
  }

  private func connectLater(_ longestMilliseconds: Int64) {
    let pause = Int64.random(in: longestMilliseconds / 2...longestMilliseconds)
    timer = loop.schedule(at: .now().adding(milliseconds: pause)) { [weak self] in
      self?.timer = nil
      self?.connect()
    }
  }

  private func cancelTimer() {
    if let timer { loop.cancel(timer) }
    timer = nil
  }

  // MARK: Calls

  var callsInFlight: Int { calls.count + unsent.count }

  func start(_ attempt: Attempt) {
    attempt.channel = self
    // A connection that is closing is open until its last frame has left.
    guard state == .open, let frames, frames.state.phase == .open else {
      if unsent.count < limits.callsConnectingMax, state == .connecting {
        unsent.append(attempt)
      } else {
        attempt.lost(.notSent, RPCError(.unavailable, "\(address): \(lastError)"))
      }
      return
    }
    transmit(attempt, on: frames)
  }

  private func transmit(_ attempt: Attempt, on frames: FrameConnection) {
    guard calls.count < Int(frames.state.peer?.callsInFlightMax ?? 0) else {
      let full = RPCError(.unavailable, "\(name): as many calls as it takes on a connection")
      return attempt.lost(.notSent, full)
    }
    attempt.callID = nextCall
    nextCall += 1
    // Before it is sent: a peer that does not read may make that the connection's end.
    calls[attempt.callID] = attempt
    attempt.isSent = true
    guard attempt.send(on: frames) else {
      calls[attempt.callID] = nil
      attempt.isSent = false
      let max = frames.state.peer?.frameBytesMax ?? 0
      let long = RPCError(
        .resourceExhausted, "the request is longer than the \(max) bytes \(name) takes",
        advice: .never)
      return attempt.lost(.answered(long.code, long.advice), long)
    }
  }

  /// The caller no longer wants the answer.
  func cancel(_ attempt: Attempt) {
    unsent.removeAll { $0 === attempt }
    guard calls.removeValue(forKey: attempt.callID) != nil, let frames else { return }
    var cancel = Cancel()
    cancel.call = attempt.callID
    frames.send(.cancel, cancel)
    closeIfDrained()
  }

  func received(
    _ kind: FrameKind, head: Range<Int>, body: Range<Int>, on connection: FrameConnection
  ) {
    switch kind {
    case .response: answered(head, body, connection)
    case .drain:
      enter(.draining)
      closeIfDrained()
    default: break
    }
  }

  private func answered(_ head: Range<Int>, _ body: Range<Int>, _ frames: FrameConnection) {
    let bytes = frames.stream.input.bytes(at: head)
    guard
      let unpacked = brigade__v1__response_head__unpack(
        loop.arena.allocator, bytes.count,
        bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    else {
      loop.arena.reset()
      return frames.close(.protocolViolation, "a response whose head is no ResponseHead")
    }
    // An answer that crossed our cancel has nobody waiting for it.
    if let attempt = calls.removeValue(forKey: unpacked.pointee.call) {
      attempt.answered(unpacked.pointee, frames.stream.input.bytes(at: body))
    }
    loop.arena.reset()
    closeIfDrained()
  }

  // MARK: Ending

  private func closeIfDrained() {
    guard state == .draining, calls.isEmpty, let frames else { return }
    frames.close(.done, "drained")
  }

  func tick(_ now: Instant) {
    frames?.tick(now)
    if calls.isEmpty, let frames, frames.stream.output.isEmpty {
      frames.stream.releaseIdleMemory()
    }
  }

  /// The replica is no longer listed: nothing new is begun, and what runs may end.
  func retire() {
    isRetired = true
    guard state == .open || state == .draining else { return shutDown() }
    enter(.draining)
    closeIfDrained()
  }

  /// For good. Calls that run are lost.
  func shutDown() {
    guard state != .closed else { return }
    closeConnecting()
    enter(.closed)
    let frames = self.frames
    frames?.close(.done, "the caller is done")
    lost(nil, "the caller is done")
    frames?.stream.flush()
  }
}
