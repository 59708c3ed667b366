internal import Telemetry

/// The replicas of one service as one loop sees them: connections, balancing, retries. Made and
/// used on its loop.
package final class ReplicaSet: @unchecked Sendable {
  private static let tickMilliseconds: Int64 = 200
  /// Calls kept for reuse: more than a turn's calls under load.
  private static let spareMax = 256

  package let service: String
  let loop: EventLoop
  /// Decides who is asked; calls tell it what came of it.
  @exclusivity(unchecked) var routing: Routing
  private let onTick: (RoutingTick) -> Void
  private var told = RoutingCounts()
  private let identity: Identity
  let limits: Limits
  let interceptors: [Interceptor]
  let codec: BodyCodec
  private let link = ReplicaSetLink()
  private var watch: ReplicaWatch?
  private var lookedAt: Instant?
  private(set) var hasNobody = true
  @exclusivity(unchecked) private(set) var channels = ReplicaTable<Channel>()
  /// Called on the loop when replicas come or go, or say that they have loaded something else.
  package var onServed: (() -> Void)?
  /// No longer listed, with calls that run.
  private(set) var retired = ReplicaTable<Channel>()
  private var nextID = 0
  @exclusivity(unchecked) private var nextAttempt: UInt64 = 1
  private var tickTimer: TimerQueue.ID?
  /// Objects of calls that have ended, for those to come.
  @exclusivity(unchecked) private var spare: [OngoingCall] = []

  /// - Parameters:
  ///   - interceptors: see every call, in this order.
  ///   - onTick: called on the loop a few times a second, with what was done since the last time.
  package init(
    _ service: String, at source: ReplicaSource, on loop: EventLoop, identity: Identity,
    limits: Limits = Limits(), routing: RoutingSettings = RoutingSettings(),
    interceptors: [Interceptor] = [],
    onTick: @escaping (RoutingTick) -> Void = { _ in }
  ) {
    self.service = service
    self.loop = loop
    self.identity = identity
    self.limits = limits
    self.interceptors = interceptors
    codec = BodyCodec(limits)
    self.onTick = onTick
    self.routing = Routing(routing, seed: .random(in: 0...UInt64.max), now: .now())
    link.set = self
    watch = ReplicaWatch(source, on: loop) { [link] in link.set?.update($0) }
    watch?.start()
    tickLater()
  }

  /// Starts a call; it goes on whether or not its end is awaited. For a parent, it gets no more
  /// time than that has left, and ends when its caller leaves.
  package func start<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, _ options: CallOptions,
    for parent: CallContext? = nil
  ) -> Call<Request, Response> {
    // Copied here and not by the caller: as a rule that is a task, which would keep the copy in a
    // frame on the heap as long as it waits.
    var options = options
    if let parent, parent.deadline < options.deadline { options.deadline = parent.deadline }
    let call = makeCall(method, request, consume options)
    start(call, for: parent)
    return call
  }

  private func makeCall<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, _ options: consuming CallOptions
  ) -> Call<Request, Response> {
    let terms = CallState.Terms(
      method: method.name, safety: method.safety, isHedged: method.isHedged,
      deadline: options.deadline, attemptNanoseconds: options.attemptNanoseconds,
      requires: options.requires?.hash ?? 0)
    let call: Call<Request, Response>
    if let last = spare.popLast() {
      if type(of: last) == method.call {
        call = unsafeDowncast(consume last, to: method.call)
        call.reuse(consume terms, request, consume options)
      } else {
        spare.append(last)
        call = method.call.init(consume terms, request, consume options, on: self)
      }
    } else {
      call = method.call.init(consume terms, request, consume options, on: self)
    }
    call.compresses = method.compresses
    return call
  }

  func start(_ call: OngoingCall, for parent: CallContext?) {
    guard let parent else { return call.start() }
    guard !parent.isCancelled else { return call.cancel() }
    call.start(isWokenByParent: parent.hasTimer && call.options.deadline == parent.deadline)
    if !call.isEnded { parent.cancelsToo(call) }
  }

  /// Takes the object of a call that has ended and that nobody else holds.
  func keep(_ call: OngoingCall) {
    call.forgetMessages()
    if spare.count < Self.spareMax { spare.append(call) }
  }

  /// Replicas that could be asked now, and all that are known.
  package var readyCount: Int { routing.balancer.count(.ready) + routing.balancer.count(.ejected) }
  package var count: Int { channels.count }

  func channel(_ id: Balancer.ID) -> Channel? { channels[id] }

  /// An id that no other attempt has.
  func newAttemptID() -> UInt64 {
    defer { nextAttempt += 1 }
    return nextAttempt
  }

  /// To be called before a call looks for a replica.
  func lookIfNobody(excluding tried: TriedReplicas) {
    if !routing.balancer.hasReady(excluding: tried) { lookAgain() }
  }

  /// Why a call finds nobody.
  func nobodyReady(_ requires: ServedTag?) -> RPCError {
    guard !channels.isEmpty else { return .notStarted("no replica of \(service) is known") }
    if let requires, readyCount > 0 { return lacking(requires) }
    let reasons = channels.values.prefix(3).map {
      "\($0.address): \($0.lastError)"
    }
    return .notStarted(
      "no replica of \(service) is connected (\(reasons.joined(separator: "; ")))")
  }

  func channelChanged(_ channel: Channel) {
    routing.setServes(channel.id, channel.serves)
    let connection: Routing.Connection =
      channel.state == .open ? .open : channel.mayOpenSoon ? .opening : .none
    routing.setConnection(channel.id, connection, .now())
    if channel.state == .closed { retired[channel.id] = nil }
    let hadSomebody = !hasNobody
    hasNobody = readyCount == 0
    if hasNobody, hadSomebody { for other in channels.values { other.hurry() } }
    onServed?()
  }

  // MARK: Membership and time

  private func update(_ addresses: [Address]) {
    let wanted = Set(addresses)
    for channel in channels.values where !wanted.contains(channel.address) {
      routing.remove(channel.id)
      channels[channel.id] = nil
      retired[channel.id] = channel
      channel.retire()
    }
    let known = Set(channels.values.map(\.address))
    for address in addresses where !known.contains(address) {
      guard !channels.values.contains(where: { $0.address == address }) else { continue }
      let channel = Channel(
        nextID, address, on: loop, identity: identity, limits: limits, owner: link)
      nextID += 1
      channels[channel.id] = channel
      routing.add(channel.id)
      channel.connect()
    }
  }

  /// In a rollout the last known replica may go before the next tick would find the first new one;
  /// calls that have nobody else then wait for a connection to that, instead of failing. Once a
  /// turn: all of an outage's calls together cost a look.
  private func lookAgain() {
    guard lookedAt != loop.turnStart else { return }
    lookedAt = loop.turnStart
    watch?.tick(loop.turnStart)
  }

  private func tickLater() {
    let next = Instant.now().adding(milliseconds: Self.tickMilliseconds)
    tickTimer = loop.schedule(at: next) { [link] in link.set?.tick() }
  }

  private func tick() {
    let now = Instant.now()
    watch?.tick(now)
    // They hold this set, which may be needed for nothing else.
    spare.removeAll(keepingCapacity: true)
    for channel in channels.values { channel.tick(now) }
    for channel in retired.values { channel.tick(now) }
    tell()
    tickLater()
  }

  private func tell() {
    onTick(
      RoutingTick(
        counts: routing.counts - told, ejected: routing.ejection.count, ready: readyCount,
        known: count))
    told = routing.counts
  }

  /// May come after the loop's end, on any thread.
  deinit { link.set = nil }

  /// Closes all connections; calls that run are lost.
  package func shutDown() {
    if let tickTimer { loop.cancel(tickTimer) }
    watch?.stop()
    spare = []
    let ending = channels.values + retired.values
    // First, so that no call that is lost is tried again at the next to be closed.
    channels = ReplicaTable()
    retired = ReplicaTable()
    for channel in ending { routing.remove(channel.id) }
    for channel in ending { channel.shutDown() }
  }
}
