package import Telemetry

/// One replica as a caller sees it at a moment, for people.
package struct ReplicaStatus: Equatable, Sendable {
  /// The worse the later.
  package enum State: String, CaseIterable, Sendable {
    /// Connected and trusted.
    case ready
    /// Connected; takes no new calls, by its own word or as it is no longer listed.
    case draining
    /// Being connected for the first time.
    case connecting
    /// Connected, and left out for its failures or its slowness.
    case ejected
    /// No connection to it can be made, or kept.
    case lost
  }

  package var address: String
  /// Its own name; its address as long as it has not said it.
  package var name: String
  /// Program and version; empty before it has said it.
  package var software = ""
  package var state: State
  /// Why it is lost; else empty.
  package var why = ""
  /// Own calls that are not answered.
  package var inFlight = 0
  /// Calls that a new one would wait with, those of other callers among them.
  package var load = 0.0
  /// That it says it uses; 1 is one whole.
  package var processors = 0.0
  /// Moving average of its answers; nil before the first.
  package var latencyNanoseconds: Double?
  /// What it says it has loaded; nil where it says nothing, or is not connected.
  package var serves: ServedTags?

  package init(address: String, name: String, state: State) {
    self.address = address
    self.name = name
    self.state = state
  }
}

extension ReplicaSet {
  /// Every replica that is known, and those that are no longer listed while calls run there. To be
  /// called on the set's loop.
  package func statuses(_ now: Instant) -> [ReplicaStatus] {
    let listed = channels.values.sorted { $0.id < $1.id }.map { status($0, now) }
    let known = Set(listed.map(\.address))
    return listed
      + retired.values.sorted { $0.id < $1.id }.map { status($0, now) }
      .filter { !known.contains($0.address) }
  }

  private func status(_ channel: Channel, _ now: Instant) -> ReplicaStatus {
    let balancer = routing.balancer
    var status = ReplicaStatus(
      address: channel.address.description, name: channel.name, state: state(channel))
    status.software = channel.current?.peerSoftware ?? ""
    if status.state == .lost {
      status.why = channel.lastError
    } else {
      status.serves = channel.serves
    }
    status.inFlight = balancer.inFlight(channel.id)
    status.load = balancer.load(channel.id, now)
    status.processors = balancer.processors(channel.id)
    status.latencyNanoseconds = balancer.latencyNanoseconds(channel.id)
    return status
  }

  private func state(_ channel: Channel) -> ReplicaStatus.State {
    switch channel.state {
    case .open: routing.balancer.standing(channel.id) == .ejected ? .ejected : .ready
    case .draining: .draining
    case .connecting: channel.mayOpenSoon ? .connecting : .lost
    case .waiting, .closed: .lost
    }
  }
}
