package import CMessages
package import Telemetry

/// What uses a frame connection: one end's calls. Ranges are offsets in the stream's input, valid
/// until the next turn.
package protocol FrameConnectionOwner: AnyObject {
  func opened(_ connection: FrameConnection)
  func received(_ kind: FrameKind, head: Range<Int>, body: Range<Int>, on: FrameConnection)
  /// Called once. `code` is the peer's, if it sent a close frame.
  func closed(_ connection: FrameConnection, _ code: CloseCode?, _ reason: String)
}

/// Speaks the frame protocol on a byte stream, for either end: hello, limits, pings, drain and
/// close are dealt with here; requests, responses and cancels go to the owner. Confined to its loop.
package final class FrameConnection: ByteStreamOwner {
  package let stream: ByteStream
  @exclusivity(unchecked) package private(set) var state: ConnectionState
  private let identity: Identity
  private let limits: Limits
  private let decoder: FrameDecoder
  /// Until the connection is closed.
  @exclusivity(unchecked) private var owner: (any FrameConnectionOwner)?
  /// Of the frame that the owner is being told of.
  @exclusivity(unchecked) private(set) var isBodyCompressed = false

  private let since: Instant
  @exclusivity(unchecked) private var partialSince: Instant?
  /// The longest frame that the peer takes.
  @exclusivity(unchecked) private var peerFrameBytesMax = 0
  private var unansweredPing: UnansweredPing?
  private var nonce: UInt64 = 0
  private var peerClose: CloseCode?
  private var closeReason: String?

  package init(
    _ stream: ByteStream, _ role: ConnectionState.Role, identity: Identity, limits: Limits
  ) {
    self.stream = stream
    self.identity = identity
    self.limits = limits
    state = ConnectionState(role, token: identity.token, limits: limits)
    decoder = FrameDecoder(frameBytesMax: limits.frameBytesMax, flags: FrameFlags.compressed)
    since = stream.loop.turnStart
  }

  package var loop: EventLoop { stream.loop }
  package var peerName: String { state.peer?.replica ?? "" }

  /// - Parameter serves: what a server has loaded.
  package func start(
    _ owner: any FrameConnectionOwner, serves: [String] = []
  ) throws(SystemError) {
    self.owner = owner
    send(
      .hello,
      state.hello(replica: identity.replica, software: identity.software, serves: serves))
    try stream.start(self)
  }

  // MARK: Sending

  /// Nothing is sent after a close, nor what the peer's hello did not name.
  package func send<Head: Message>(_ kind: FrameKind, _ head: Head) {
    guard state.rules.maySend(kind) else { return }
    FrameEncoder.append(kind, head, to: &stream.output, in: loop.arena)
    stream.outputGrew()
  }

  /// False when the frame is longer than the peer takes; nothing was sent then. True, and nothing
  /// sent, once the connection is closing: nobody waits for it.
  package func send(
    _ kind: FrameKind, head: UnsafePointer<ProtobufCMessage>,
    body: UnsafePointer<ProtobufCMessage>?
  ) -> Bool {
    guard state.rules.maySend(kind) else { return true }
    guard
      FrameEncoder.append(
        kind, head: head, body: body, to: &stream.output, frameBytesMax: peerFrameBytesMax)
    else { return false }
    stream.outputGrew()
    return true
  }

  /// As with any head, for the kinds of every call.
  func send<Head: DirectHead>(_ head: Head, body: UnsafePointer<ProtobufCMessage>?) -> Bool {
    guard state.rules.maySend(Head.kind) else { return true }
    guard
      FrameEncoder.append(head, body: body, to: &stream.output, frameBytesMax: peerFrameBytesMax)
    else { return false }
    stream.outputGrew()
    return true
  }

  /// As `send` with a body, which is compressed if the peer takes that and it gets shorter by it.
  func send(
    _ kind: FrameKind, head: UnsafePointer<ProtobufCMessage>, body: UnsafePointer<ProtobufCMessage>,
    compressedBy codec: BodyCodec
  ) -> Bool {
    guard state.rules.maySend(kind) else { return true }
    guard state.peerTakesCompressed, let compressed = codec.compress(body) else {
      return send(kind, head: head, body: body)
    }
    guard
      FrameEncoder.append(
        kind, head: head, compressedBody: compressed, to: &stream.output,
        frameBytesMax: peerFrameBytesMax)
    else { return false }
    stream.outputGrew()
    return true
  }

  /// The same for the kinds of every call.
  func send<Head: DirectHead>(
    _ head: Head, body: UnsafePointer<ProtobufCMessage>, compressedBy codec: BodyCodec
  ) -> Bool {
    guard state.rules.maySend(Head.kind) else { return true }
    guard state.peerTakesCompressed, let compressed = codec.compress(body) else {
      return send(head, body: body)
    }
    guard
      FrameEncoder.append(
        head, compressedBody: compressed, to: &stream.output, frameBytesMax: peerFrameBytesMax)
    else { return false }
    stream.outputGrew()
    return true
  }

  package func drain(_ reason: String) {
    guard state.phase == .open else { return }
    var drain = Drain()
    drain.reason = reason
    send(.drain, drain)
    state.drain()
  }

  package func close(_ code: CloseCode, _ reason: String) {
    guard state.phase != .closed else { return }
    closeReason = reason
    var close = Close()
    close.code = code
    close.reason = reason
    send(.close, close)
    state.close()
    stream.closeWhenFlushed()
  }

  // MARK: Receiving

  package func received() {
    do throws(FrameError) {
      try takeFrames()
    } catch {
      close(error.code, error.reason)
    }
  }

  private func takeFrames() throws(FrameError) {
    let owner = self.owner
    while state.rules.phase != .closed {
      let step = try decoder.next(stream.input.unread)
      guard case .frame(let frame) = step else {
        partialSince = stream.input.isEmpty ? nil : partialSince ?? loop.turnStart
        return
      }
      let head = stream.input.front + FrameHeader.bytes
      let body = head + frame.headBytes
      stream.input.consume(FrameHeader.bytes + frame.headBytes + frame.bodyBytes)
      partialSince = nil
      isBodyCompressed = frame.isCompressed
      try state.rules.admit(frame.kind)
      let end = body + frame.bodyBytes
      switch frame.kind {
      case .request, .response, .cancel:
        owner?.received(frame.kind, head: head..<body, body: body..<end, on: self)
      default: try take(frame.kind, head..<body, body..<end)
      }
    }
    stream.input.consume(stream.input.count)
  }

  private func take(
    _ kind: FrameKind, _ head: Range<Int>, _ body: Range<Int>
  ) throws(FrameError) {
    switch kind {
    case .request, .response, .cancel: break
    case .advertisement:
      let advertisement: Advertisement = try decode(head)
      state.received(advertisement)
      owner?.received(kind, head: head, body: body, on: self)
    case .hello:
      let hello: Hello = try decode(head)
      try state.received(hello)
      peerFrameBytesMax = Int(state.peer?.frameBytesMax ?? 0)
      owner?.opened(self)
    case .ping:
      let ping: Ping = try decode(head)
      var pong = Pong()
      pong.nonce = ping.nonce
      send(.pong, pong)
    case .pong:
      let pong: Pong = try decode(head)
      if pong.nonce == nonce { unansweredPing = nil }
    case .drain:
      let _: Drain = try decode(head)
      state.drain()
      owner?.received(kind, head: head, body: body, on: self)
    case .close:
      let close: Close = try decode(head)
      peerClose = close.code
      state.close()
      stream.close(close.reason)
    }
  }

  private func decode<Head: Message>(_ head: Range<Int>) throws(FrameError) -> Head {
    defer { loop.arena.reset() }
    do throws(InvalidMessage) {
      return try Head(decoding: stream.input.bytes(at: head), in: loop.arena)
    } catch {
      throw state.violation("\(error)")
    }
  }

  package func closed(_ reason: String?) {
    state.close()
    let reason = closeReason ?? reason ?? "the peer closed the connection"
    let owner = self.owner
    self.owner = nil
    owner?.closed(self, peerClose, reason)
  }

  // MARK: Time

  /// To be called a few times a second: ends what is silent for too long, and asks clients' peers
  /// whether they are there.
  package func tick(_ now: Instant) {
    stream.noteProgress(now)
    switch state.phase {
    case .closed: break
    case .awaitingHello:
      if now > since.adding(milliseconds: limits.helloMilliseconds) {
        close(.timeout, "no hello within \(limits.helloMilliseconds) ms")
      }
    case .open, .draining:
      if let partialSince,
        now > partialSince.adding(milliseconds: limits.partialFrameMilliseconds)
      {
        close(.timeout, "half a frame for \(limits.partialFrameMilliseconds) ms")
      } else if let stalledSince = stream.stalledSince,
        now > stalledSince.adding(milliseconds: limits.stalledOutputMilliseconds)
      {
        stream.close("the peer has read nothing for \(limits.stalledOutputMilliseconds) ms")
      } else if state.role == .client {
        ping(now)
      }
    }
  }

  /// When the peer last gave a sign, or when the connection began.
  private var lastProgress: Instant { max(since, stream.lastReceived) }

  private struct UnansweredPing {
    let sent: Instant
    /// Where it ends in the stream's output.
    let end: Int
    var takenBytes: Int
    /// Since when the peer has had it, or has taken nothing of what is ahead of it.
    var awaitedSince: Instant
  }

  /// A ping that waits behind megabytes of requests can't be answered as long as these are on their
  /// way; where they get on, the way is slow, not the peer gone.
  private func lookAfter(_ ping: inout UnansweredPing, _ now: Instant) {
    guard ping.takenBytes < ping.end else { return }
    let taken = stream.takenBytes
    if taken > ping.takenBytes, taken < ping.end { ping.awaitedSince = now }
    ping.takenBytes = taken
  }

  private func ping(_ now: Instant) {
    if var ping = unansweredPing {
      lookAfter(&ping, now)
      unansweredPing = ping
      // Anything that came since is as good as a pong.
      if stream.lastReceived > ping.sent {
        unansweredPing = nil
      } else if now > ping.awaitedSince.adding(milliseconds: limits.pongMilliseconds) {
        let reason = "no answer to a ping for \(limits.pongMilliseconds) ms"
        close(.timeout, reason)
        stream.close(reason)
      }
    } else if now > lastProgress.adding(milliseconds: limits.pingMilliseconds) {
      nonce += 1
      var ping = Ping()
      ping.nonce = nonce
      send(.ping, ping)
      unansweredPing = UnansweredPing(
        sent: now, end: stream.outputEnd, takenBytes: stream.takenBytes, awaitedSince: now)
    }
  }
}
