internal import Telemetry

/// The replicas of one service as one loop sees them: connections, balancing, retries. Made and
/// used on its loop.
package final class ReplicaSet: ChannelOwner, @unchecked Sendable {
  private static let tickMilliseconds: Int64 = 200

  package let service: String
  let loop: EventLoop
  let policy: RetryPolicy
  var balancer = Balancer()
  var retryBudget: RetryBudget
  let onEnded: (CallReport, Code) -> Void
  private let identity: Identity
  private let limits: Limits
  private var watch: ReplicaWatch?
  private var channels: [Balancer.ID: Channel] = [:]
  /// No longer listed, with calls that run.
  private var retired: [Balancer.ID: Channel] = [:]
  private var nextID = 0
  private var random = SystemRandomNumberGenerator()
  private var tickTimer: TimerQueue.ID?

  /// - Parameter onEnded: called on the loop with every call that ended.
  package init(
    _ service: String, at source: ReplicaSource, on loop: EventLoop, identity: Identity,
    limits: Limits = Limits(), policy: RetryPolicy = RetryPolicy(),
    onEnded: @escaping (CallReport, Code) -> Void = { _, _ in }
  ) {
    self.service = service
    self.loop = loop
    self.identity = identity
    self.limits = limits
    self.policy = policy
    self.onEnded = onEnded
    retryBudget = RetryBudget(now: .now())
    watch = ReplicaWatch(source, on: loop) { [weak self] in self?.update($0) }
    watch?.start()
    tickLater()
  }

  /// Starts a call; it goes on whether or not its end is awaited.
  package func start<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, _ options: CallOptions,
    for parent: CallContext? = nil
  ) -> Call<Request, Response> {
    let call = Call(method, request, options, on: self)
    retryBudget.deposit(.now())
    call.start()
    parent?.onCancel { call.cancel() }
    return call
  }

  /// Replicas that could be asked now, and all that are known.
  package var readyCount: Int { channels.keys.count { balancer.isReady($0) } }
  package var count: Int { channels.count }

  // MARK: Choosing

  func choose(_ now: Instant, excluding tried: [Balancer.ID]) -> Channel? {
    if let id = balancer.pick(now, excluding: tried, random: &random) { return channels[id] }
    // Nobody is connected: at the very start calls wait for a first connection, not all for one.
    return channels.values.filter { $0.mayOpenSoon && !tried.contains($0.id) }
      .randomElement(using: &random)
  }

  func hasReady(excluding tried: [Balancer.ID]) -> Bool {
    balancer.hasReady(excluding: tried)
  }

  func mayServe(excluding tried: [Balancer.ID]) -> Bool {
    hasReady(excluding: tried)
      || channels.values.contains { $0.mayOpenSoon && !tried.contains($0.id) }
  }

  func nobodyReady(tried: [Balancer.ID]) -> RPCError {
    guard !channels.isEmpty else { return .notStarted("no replica of \(service) is known") }
    let reasons = channels.values.sorted { $0.id < $1.id }.prefix(3).map {
      "\($0.address): \($0.lastError)"
    }
    return .notStarted(
      "no replica of \(service) is connected (\(reasons.joined(separator: "; ")))")
  }

  func channelChanged(_ channel: Channel) {
    balancer.setReady(channel.id, channel.state == .open)
    if channel.state == .closed { retired[channel.id] = nil }
  }

  // MARK: Membership and time

  private func update(_ addresses: [Address]) {
    let wanted = Set(addresses)
    for channel in channels.values where !wanted.contains(channel.address) {
      balancer.remove(channel.id)
      channels[channel.id] = nil
      retired[channel.id] = channel
      channel.retire()
    }
    let known = Set(channels.values.map(\.address))
    for address in addresses where !known.contains(address) {
      guard !channels.values.contains(where: { $0.address == address }) else { continue }
      let channel = Channel(
        nextID, address, on: loop, identity: identity, limits: limits, owner: self)
      nextID += 1
      channels[channel.id] = channel
      balancer.add(channel.id)
      channel.connect()
    }
  }

  private func tickLater() {
    let next = Instant.now().adding(milliseconds: Self.tickMilliseconds)
    tickTimer = loop.schedule(at: next) { [weak self] in
      guard let self else { return }
      let now = Instant.now()
      watch?.tick(now)
      for channel in channels.values { channel.tick(now) }
      for channel in retired.values { channel.tick(now) }
      tickLater()
    }
  }

  /// Closes all connections; calls that run are lost.
  package func shutDown() {
    if let tickTimer { loop.cancel(tickTimer) }
    watch?.stop()
    let ending = Array(channels.values) + Array(retired.values)
    // First, so that no call that is lost is tried again at the next to be closed.
    channels = [:]
    retired = [:]
    for channel in ending { balancer.remove(channel.id) }
    for channel in ending { channel.shutDown() }
  }
}
