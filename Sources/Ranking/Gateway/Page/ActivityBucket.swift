internal import Messages
internal import RPC

/// What a gateway did in some seconds. Pure.
struct ActivityBucket: Equatable, Sendable {
  /// Models of one bucket that are told apart; a rollout has two or three.
  static let modelsMax = 16
  /// Replicas of one bucket that are told apart.
  static let replicasMax = 1_024

  struct Hop: Equatable, Sendable {
    var calls = 0
    /// Attempts after the first that are no hedges.
    var retries = 0
    var hedges = 0
    /// Attempts that failed; one that another outran did not.
    var errors = 0
    /// By `Rung.rawValue`.
    var rungs = [Int](repeating: 0, count: Rung.allCases.count)
    var latency = LatencyCounts()

    mutating func record(_ hop: Messages.Hop) {
      rungs[Int((hop.isWonByHedge ? .primary : hop.rung).rawValue)] += 1
      guard let first = hop.attempts.first else { return }
      calls += 1
      latency.record(microseconds: hop.elapsedMicroseconds)
      // Nearly always the one attempt that answered.
      if hop.attempts.count == 1, first.isOK { return }
      for attempt in hop.attempts {
        if attempt.hedge { hedges += 1 } else if attempt.number > 1 { retries += 1 }
        if attempt.isFailed { errors += 1 }
      }
    }

    mutating func add(_ other: Hop) {
      calls += other.calls
      retries += other.retries
      hedges += other.hedges
      errors += other.errors
      for rung in rungs.indices { rungs[rung] += other.rungs[rung] }
      latency.add(other.latency)
    }

    func count(_ rung: Rung) -> Int { rungs[Int(rung.rawValue)] }
    /// That another rung than a replica's answer gave the result.
    var fallbacks: Int {
      Rung.allCases.reduce(0) { $0 + ($1.isFallback ? count($1) : 0) }
    }
  }

  struct Replica: Equatable, Sendable {
    var attempts = 0
    var errors = 0
  }

  /// Answers, degraded ones among them.
  var answered = 0
  var degraded = 0
  /// By a fault of ours.
  var failed = 0
  /// Refused on arrival, for want of room.
  var turnedAway = 0
  /// For a fault of the request.
  var rejected = 0
  /// The caller left.
  var abandoned = 0
  /// From receipt to the answer, or until the caller left or its time was over.
  var latency = LatencyCounts()
  /// By `HopKind.allCases`.
  var hops = [Hop](repeating: Hop(), count: HopKind.allCases.count)
  /// Answers by the model that ranked them.
  var models: [String: Int] = [:]
  /// By name.
  var replicas: [String: Replica] = [:]

  mutating func record(_ response: RankResponse) {
    answered += 1
    if response.degraded { degraded += 1 }
    latency.record(microseconds: response.elapsedMicroseconds)
    if !response.model.isEmpty, models[response.model] != nil || models.count < Self.modelsMax {
      models[response.model, default: 0] += 1
    }
    for hop in response.hops {
      guard let kind = HopKind(method: hop.method) else { continue }
      hops[kind.position].record(hop)
      for attempt in hop.attempts {
        guard replicas[attempt.replica] != nil || replicas.count < Self.replicasMax else {
          continue
        }
        replicas[attempt.replica, default: Replica()].attempts += 1
        if attempt.isFailed { replicas[attempt.replica]?.errors += 1 }
      }
    }
  }

  mutating func add(_ other: ActivityBucket) {
    answered += other.answered
    degraded += other.degraded
    failed += other.failed
    turnedAway += other.turnedAway
    rejected += other.rejected
    abandoned += other.abandoned
    latency.add(other.latency)
    for index in hops.indices { hops[index].add(other.hops[index]) }
    models.merge(other.models) { $0 + $1 }
    replicas.merge(other.replicas) {
      Replica(attempts: $0.attempts + $1.attempts, errors: $0.errors + $1.errors)
    }
  }

  /// All that was asked.
  var requests: Int { answered + failed + turnedAway + rejected + abandoned }
}

extension HopKind {
  /// Among all.
  var position: Int {
    switch self {
    case .user: 0
    case .retrieval: 1
    case .features: 2
    case .inference: 3
    }
  }
}

extension Rung {
  /// Something else than the hop's own service gave the result, or nothing did.
  var isFallback: Bool { self != .primary && self != .otherReplica && self != .skipped }
}

extension Hop {
  /// Another replica was quicker, as hedges are meant to be; nothing went wrong.
  var isWonByHedge: Bool {
    rung == .otherReplica && attempts.last?.hedge == true
      && !attempts.contains { $0.isFailed }
  }
}

extension Messages.Attempt {
  fileprivate var isOK: Bool { Code(rawValue: code) == .ok }
  /// A hedge's loser did nothing wrong.
  fileprivate var isFailed: Bool { !isOK && Code(rawValue: code) != .cancelled }
}
