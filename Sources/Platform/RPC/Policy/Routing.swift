package import Telemetry

/// What one caller knows of a service's replicas and decides by: balancing, ejection, retry budget
/// and hedging together. Pure; `CallState` drives it.
package struct Routing: Sendable {
  package let settings: RoutingSettings
  package private(set) var balancer = Balancer()
  package private(set) var ejection: Ejection
  var retryBudget: RetryBudget
  var hedging: Hedging
  private var misdirections = Misdirections()
  package internal(set) var counts = RoutingCounts()
  var random: PolicyRandom
  /// When something was told last.
  private var lastTold: Instant

  package init(_ settings: RoutingSettings = RoutingSettings(), seed: UInt64, now: Instant) {
    self.settings = settings
    ejection = Ejection(settings.ejection)
    retryBudget = RetryBudget(now: now)
    hedging = Hedging(settings.hedging)
    random = PolicyRandom(seed: seed)
    lastTold = now
  }

  // MARK: Membership

  package mutating func add(_ id: Balancer.ID) {
    balancer.add(id)
    ejection.add(id)
  }

  package mutating func remove(_ id: Balancer.ID) {
    balancer.remove(id)
    misdirections.remove(id)
    for change in ejection.remove(id) { apply(change, lastTold) }
  }

  /// What a replica's connection is.
  package enum Connection: Sendable {
    case open
    /// Being made for the first time.
    case opening
    case none
  }

  package mutating func setConnection(_ id: Balancer.ID, _ connection: Connection, _ now: Instant) {
    lastTold = now
    for change in ejection.setConnected(id, connection == .open) { apply(change, now) }
    let standing: Balancer.Standing =
      switch connection {
      case .open: ejection.isOut(id) ? .ejected : .ready
      case .opening: .opening
      case .none: .out
      }
    balancer.setStanding(id, standing, now)
  }

  /// - Parameter tags: nil where the replica does not say.
  mutating func setServes(_ id: Balancer.ID, _ tags: ServedTags?) {
    balancer.setServes(id, tags)
  }

  // MARK: Attempts

  /// - Parameter safety: the call's: what must not run twice is no probe, if others can be.
  mutating func pick(
    _ method: String, _ now: Instant, excluding tried: TriedReplicas, _ safety: Safety
  ) -> Balancer.ID? {
    if ejection.count > 0, tried.count == 0, let probed = probe(now, tried, safety) {
      return probed
    }
    guard let picked = balancer.pick(now, excluding: tried, random: &random) else { return nil }
    return misdirections.isEmpty ? picked : directed(picked, method, now, excluding: tried)
  }

  private mutating func probe(
    _ now: Instant, _ tried: TriedReplicas, _ safety: Safety
  ) -> Balancer.ID? {
    let balancer = balancer
    let probed = ejection.probe(now, isRepeatable: safety != .once) {
      balancer.standing($0) == .ejected && balancer.mayGet($0, tried)
    }
    guard let probed else {
      if let change = ejection.readmitUnprobed(now) { apply(change, now) }
      return nil
    }
    counts.probes += 1
    return probed
  }

  /// Another one where the picked one has said that the method is not its to serve.
  private mutating func directed(
    _ picked: Balancer.ID, _ method: String, _ now: Instant, excluding tried: TriedReplicas
  ) -> Balancer.ID {
    var passed = tried
    var candidate = picked
    while misdirections.contains(method, candidate, now) {
      guard passed.count < TriedReplicas.max else { return picked }
      passed.insert(candidate)
      guard let next = balancer.pick(now, excluding: passed, random: &random) else { return picked }
      candidate = next
    }
    return candidate
  }

  mutating func misdirected(_ method: String, to id: Balancer.ID, _ now: Instant) {
    misdirections.add(method, id, now)
  }

  mutating func started(_ id: Balancer.ID) {
    counts.attempts += 1
    balancer.started(id)
  }

  mutating func finished(
    _ id: Balancer.ID, _ outcome: Balancer.Outcome, latencyNanoseconds: Int64, load: ReplicaLoad?,
    now: Instant
  ) {
    lastTold = now
    // In an overload many attempts run out of time together. Remembered as failures of who had them
    // last, they would keep it without calls for seconds after all is over.
    let counted = outcome == .failed && ejection.failuresAreCommon ? .refused : outcome
    balancer.finished(id, counted, latencyNanoseconds: latencyNanoseconds, load: load, now: now)
    let change = ejection.finished(
      id, outcome, latencyNanoseconds: latencyNanoseconds, now: now, random: &random)
    if let change { apply(change, now) }
  }

  private mutating func apply(_ change: Ejection.Change, _ now: Instant) {
    switch change {
    case .ejected(let out):
      counts.ejections += 1
      if balancer.standing(out) == .ready { balancer.setStanding(out, .ejected, now) }
    case .readmitted(let back):
      counts.readmissions += 1
      if balancer.standing(back) == .ejected { balancer.setStanding(back, .ready, now) }
    }
  }

  /// Whether a call that was given up after so long says something of its replica: a caller with
  /// little time left would else blame whom it asked.
  func isLate(_ id: Balancer.ID, afterNanoseconds elapsed: Int64) -> Bool {
    Double(elapsed) > 2 * (balancer.latencyNanoseconds(id) ?? 0)
  }
}
