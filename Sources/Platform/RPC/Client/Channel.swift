internal import Telemetry

/// What a channel tells the set that it belongs to.
protocol ChannelOwner: AnyObject {
  func channelChanged(_ channel: Channel)
  /// Nobody asks any more.
  var isGone: Bool { get }
  /// No replica of the set can be asked now.
  var hasNobody: Bool { get }
}

/// The way to one replica: a connection that is made, watched, and made again with growing pauses.
/// Many calls share it. One that has grown old gives way to a new one, made before it is given up.
/// Confined to its loop.
final class Channel: ChannelConnectionOwner {
  enum State: Equatable {
    case connecting
    case open
    /// The peer takes no new calls; those that run go on.
    case draining
    /// Not connected until the pause is over.
    case waiting
    case closed
  }

  /// An attempt that waits for the connection.
  private struct Unsent {
    let call: OngoingCall
    let attempt: UInt64
  }

  private static let unlisted = "the replica is no longer listed"

  let id: Balancer.ID
  let address: Address
  private let loop: EventLoop
  private let identity: Identity
  private let limits: Limits
  private let owner: any ChannelOwner

  @exclusivity(unchecked) private(set) var state = State.waiting
  /// Why the last connection ended or could not be made.
  private(set) var lastError = "not connected yet"
  private var everOpened = false
  private var ageEnd = Instant.distantFuture
  private var peerName = ""
  /// What the replica says it has loaded; nil where it does not say.
  private(set) var serves: ServedTags?
  /// No longer in the list of replicas: closed for good once its calls have ended.
  private var isRetired = false
  private var pauses = ReconnectPause()
  private var random = SystemRandomNumberGenerator()
  @exclusivity(unchecked) private(set) var current: ChannelConnection?
  /// Being made, to take the place of one that has grown old.
  private var successor: ChannelConnection?
  /// Have given way, and have calls that run.
  private var aged: [ChannelConnection] = []
  private var timer: TimerQueue.ID?
  private var unsent: [Unsent] = []

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
  var mayOpenSoon: Bool { state == .connecting && !everOpened && pauses.failures == 0 }

  private func enter(_ next: State) {
    guard state != next, state != .closed else { return }
    state = next
    owner.channelChanged(self)
  }

  // MARK: Connecting

  func connect() {
    guard state == .waiting, !owner.isGone else { return }
    enter(.connecting)
    let connection = makeConnection()
    current = connection
    do throws(SystemError) {
      try connection.connect(to: address)
    } catch {
      connection.end(error.description)
    }
  }

  private func makeConnection() -> ChannelConnection {
    ChannelConnection(on: loop, identity: identity, limits: limits, owner: self)
  }

  func opened(_ connection: ChannelConnection) {
    let old = connection === current ? nil : current
    if connection === successor {
      successor = nil
      current = connection
    }
    everOpened = true
    pauses.opened(loop.turnStart)
    let age = ConnectionAge.milliseconds(mean: limits.connectionAgeMilliseconds, random: &random)
    ageEnd = loop.turnStart.adding(milliseconds: age)
    peerName = connection.peerName
    let hasChanged = serves != connection.peerServes
    serves = connection.peerServes
    if let old {
      aged.append(old)
      old.drain("the connection is old")
    }
    if state != .open {
      enter(.open)
    } else if hasChanged {
      owner.channelChanged(self)
    }
    // One at a time: what a failed one's caller does may cancel the others or end the connection.
    while state == .open, connection.takesCalls, !unsent.isEmpty {
      transmit(unsent.removeFirst(), on: connection)
    }
  }

  /// A call that has waited for the connection did not know what the replica has.
  private func transmit(_ unsent: Unsent, on connection: ChannelConnection) {
    if let tag = unsent.call.options.requires, let serves, !serves.contains(tag) {
      unsent.call.lost(unsent.attempt, .notSent, .notStarted("\(name) has not loaded \(tag)"))
    } else {
      transmit(unsent.attempt, of: unsent.call, on: connection, .now())
    }
  }

  func advertised(_ connection: ChannelConnection) {
    guard connection === current, serves != connection.peerServes else { return }
    serves = connection.peerServes
    owner.channelChanged(self)
  }

  func drained(_ connection: ChannelConnection) {
    if connection === current { enter(.draining) }
  }

  func ended(_ connection: ChannelConnection, _ code: CloseCode?, _ reason: String) {
    let sent = connection.takeCalls()
    var unsent: [Unsent] = []
    if connection === successor {
      successor = nil
    } else if connection === current {
      lastError = reason
      (unsent, self.unsent) = (self.unsent, [])
      goOn()
    } else {
      aged.removeAll { $0 === connection }
    }
    closeIfRetired()
    let error = RPCError(.unavailable, "\(address): \(reason)")
    for unsent in unsent { unsent.call.lost(unsent.attempt, .notSent, error) }
    // A server that says it is done has answered all that it read.
    for (attempt, call) in sent {
      call.lost(attempt, code == .done ? .notSent : .unanswered, error)
    }
  }

  /// The current connection is gone.
  private func goOn() {
    current = successor
    successor = nil
    guard !isRetired, state != .closed else { return }
    guard current == nil else { return enter(.connecting) }
    enter(.waiting)
    connect(afterMilliseconds: pauses.next(.now(), isInNeed: owner.hasNobody, random: &random))
  }

  /// The last other replica was lost: ends a pause that may be a long one.
  func hurry() {
    guard state == .waiting, timer != nil else { return }
    cancelTimer()
    connect(afterMilliseconds: ReconnectPause.hurried(random: &random))
  }

  private func connect(afterMilliseconds pause: Int64) {
    timer = loop.schedule(at: .now().adding(milliseconds: pause)) { [self] in
      timer = nil
      connect()
    }
  }

  private func cancelTimer() {
    if let timer { loop.cancel(timer) }
    timer = nil
  }

  // MARK: Calls

  func start(_ attempt: UInt64, of call: OngoingCall, _ now: Instant) {
    guard state == .open, let current, current.takesCalls else {
      if unsent.count < limits.callsConnectingMax, state == .connecting {
        unsent.append(Unsent(call: call, attempt: attempt))
      } else {
        call.lost(attempt, .notSent, RPCError(.unavailable, "\(address): \(lastError)"))
      }
      return
    }
    transmit(attempt, of: call, on: current, now)
  }

  private func transmit(
    _ attempt: UInt64, of call: OngoingCall, on connection: ChannelConnection, _ now: Instant
  ) {
    guard connection.hasRoom else {
      let full = RPCError(
        .unavailable, "\(name): as many calls, or bytes of them, as a connection takes")
      return call.lost(attempt, .notSent, full)
    }
    guard connection.transmit(attempt, of: call, now) else {
      let max = connection.peerFrameBytesMax
      let long = RPCError(
        .resourceExhausted, "the request is longer than the \(max) bytes \(name) takes",
        advice: .never)
      return call.lost(attempt, .answered(long.code, long.advice), long)
    }
  }

  /// The caller no longer wants the answer.
  func cancel(_ attempt: UInt64) {
    if !unsent.isEmpty { unsent.removeAll { $0.attempt == attempt } }
    if current?.cancel(attempt) == true { return }
    for connection in aged where connection.cancel(attempt) { return }
  }

  // MARK: Time and ending

  func tick(_ now: Instant) {
    current?.tick(now)
    successor?.tick(now)
    for connection in aged { connection.tick(now) }
    if state == .open, successor == nil, now > ageEnd { renew(now) }
  }

  /// Behind a name or a virtual address there may be new replicas, which only new connections
  /// reach. Where none can be made now, the old one is kept for another while.
  private func renew(_ now: Instant) {
    let connection = makeConnection()
    successor = connection
    ageEnd = now.adding(milliseconds: limits.connectionAgeMilliseconds)
    do throws(SystemError) {
      try connection.connect(to: address)
    } catch {
      connection.end(error.description)
    }
  }

  /// The replica is no longer listed: nothing new is begun, and what runs may end.
  func retire() {
    isRetired = true
    let wasOpen = state == .open || state == .draining
    cancelTimer()
    enter(.draining)
    successor?.close(Self.unlisted)
    // Where it is still being made, only those that gave way to it may have calls that run.
    if wasOpen { current?.finish() } else { current?.close(Self.unlisted) }
    closeIfRetired()
  }

  private func closeIfRetired() {
    guard isRetired, current == nil, successor == nil, aged.isEmpty else { return }
    cancelTimer()
    enter(.closed)
  }

  /// For good. Calls that run are lost.
  func shutDown() {
    guard state != .closed else { return }
    cancelTimer()
    enter(.closed)
    let connections = [successor, current].compactMap { $0 } + aged
    for connection in connections { connection.close("the caller is done") }
  }
}
