internal import RPC
internal import Telemetry

/// The replicas of a source, each by itself: a log is followed at its writer, not at whoever has
/// least to do. On one loop.
final class LogPeers {
  /// Followers that keep the log are few; a longer list is a mistake.
  static let peersMax = 64

  private let source: ReplicaSource
  private let identity: Identity
  private var watch: ReplicaWatch?
  private var listed: [Address] = []
  private var sets: [Address: ReplicaSet] = [:]

  init(_ source: ReplicaSource, identity: Identity) {
    self.source = source
    self.identity = identity
  }

  func replicas(at address: Address) -> ReplicaSet? { sets[address] }

  /// Those listed now.
  func all(on loop: EventLoop) -> [(Address, ReplicaSet)] {
    look(on: loop)
    for (address, set) in sets where !listed.contains(address) {
      set.shutDown()
      sets[address] = nil
    }
    // Each is asked for itself: nobody else can answer for it.
    var routing = RoutingSettings()
    routing.retries.attemptsMax = 1
    for address in listed where sets[address] == nil {
      sets[address] = ReplicaSet(
        "events", at: .list([address]), on: loop, identity: identity, routing: routing)
    }
    return sets.map { ($0, $1) }
  }

  private func look(on loop: EventLoop) {
    if let watch { return watch.tick(.now()) }
    let watch = ReplicaWatch(source, on: loop) { [weak self] addresses in
      self?.listed = Array(addresses.prefix(Self.peersMax))
    }
    self.watch = watch
    watch.start()
  }

  func shutDown() {
    watch?.stop()
    let ending = sets.values
    sets = [:]
    for set in ending { set.shutDown() }
  }
}
