internal import CMessages
internal import Telemetry

/// What a channel tells the set that it belongs to.
protocol ChannelOwner: AnyObject {
  func channelChanged(_ channel: Channel)
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

  var name: String {
    guard let peer = frames?.peerName, !peer.isEmpty else { return address.description }
    return peer
  }

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
      let registration = try loop.register(socket.descriptor, .writable, self)
      connecting = (socket, registration)
      timer = loop.schedule(at: loop.turnStart.adding(milliseconds: limits.connectMilliseconds)) {
        [unowned self] in failed("no connection within \(limits.connectMilliseconds) ms")
      }
    } catch {
      failed(error.description)
    }
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
    failures = 0
    enter(.open)
    let waiting = unsent
    unsent = []
    for attempt in waiting { transmit(attempt, on: connection) }
  }

  private func failed(_ reason: String) {
    if let (socket, registration) = connecting {
      loop.remove(registration, socket.descriptor)
      socket.close()
      connecting = nil
    }
    lost(nil, reason)
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
    let longest = min(range.upperBound, range.lowerBound << Int64(min(failures, 10)))
    failures += 1
    let pause = Int64.random(in: longest / 2...longest)
    timer = loop.schedule(at: Instant.now().adding(milliseconds: pause)) { [unowned self] in
      timer = nil
      connect()
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
    guard state == .open, let frames else {
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
    guard attempt.send(on: frames) else {
      let max = frames.state.peer?.frameBytesMax ?? 0
      let long = RPCError(
        .resourceExhausted, "the request is longer than the \(max) bytes \(name) takes",
        advice: .never)
      return attempt.lost(.answered(long.code, long.advice), long)
    }
    attempt.isSent = true
    calls[attempt.callID] = attempt
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

  func tick(_ now: Instant) { frames?.tick(now) }

  /// For good. Calls that run are lost.
  func shutDown() {
    guard state != .closed else { return }
    if let (socket, registration) = connecting {
      loop.remove(registration, socket.descriptor)
      socket.close()
      connecting = nil
    }
    state = .closed
    cancelTimer()
    let frames = self.frames
    frames?.close(.done, "the caller is done")
    lost(nil, "the caller is done")
    frames?.stream.flush()
  }
}
