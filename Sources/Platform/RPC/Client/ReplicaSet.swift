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
  private var file: ReplicaFile?
  private var lookedAt: Instant?
  private(set) var hasNobody = true
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
    switch source {
    case .list(let addresses): update(addresses)
    case .file(let path):
      file = ReplicaFile(path: path)
      follow()
    }
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
    lookAgain()
    // Nobody is connected: at the very start calls wait for a first connection, not all for one.
    return channels.values.filter { $0.mayOpenSoon && !tried.contains($0.id) }
      .randomElement(using: &random)
  }

  func hasReady(excluding tried: [Balancer.ID]) -> Bool {
    balancer.hasReady(excluding: tried)
  }

  func mayServe(excluding tried: [Balancer.ID]) -> Bool {
    if hasReady(excluding: tried) { return true }
    lookAgain()
    return channels.values.contains { $0.mayOpenSoon && !tried.contains($0.id) }
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
    let hadSomebody = !hasNobody
    hasNobody = !balancer.hasReady(excluding: [])
    if hasNobody, hadSomebody { for other in channels.values { other.hurry() } }
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

  /// In a rollout the last known replica may go before the next tick would find the first new one;
  /// calls that have nobody else then wait for a connection to that, instead of failing. Once a
  /// turn: all of an outage's calls together cost a look.
  private func lookAgain() {
    if lookedAt != loop.turnStart { follow() }
  }

  private func follow() {
    lookedAt = loop.turnStart
    if let addresses = file?.changed() { update(addresses) }
  }

  private func tickLater() {
    let next = Instant.now().adding(milliseconds: Self.tickMilliseconds)
    tickTimer = loop.schedule(at: next) { [weak self] in
      guard let self else { return }
      let now = Instant.now()
      follow()
      for channel in channels.values { channel.tick(now) }
      for channel in retired.values { channel.tick(now) }
      tickLater()
    }
  }

  /// Closes all connections; calls that run are lost.
  package func shutDown() {
    if let tickTimer { loop.cancel(tickTimer) }
    let ending = Array(channels.values) + Array(retired.values)
    // First, so that no call that is lost is tried again at the next to be closed.
    channels = [:]
    retired = [:]
    for channel in ending { balancer.remove(channel.id) }
    for channel in ending { channel.shutDown() }
  }
}
