internal import Glibc
internal import Telemetry

/// What is known of one replica: how long it takes, how often it fails, how busy it is, how new.
struct ReplicaScore: Sendable {
  /// Own calls that are not answered.
  private(set) var inFlight = 0
  private(set) var latency = Balancer.unknownLatencyNanoseconds
  /// What all replicas took when this one was measured.
  private var levelThen = 0.0
  /// Answers in a row that took much longer than the mean.
  private var slowInRow = 0
  /// Recent failures, fewer as time passes and calls succeed.
  private(set) var strikes = 0.0
  /// Nil before the first answer.
  private(set) var measuredAt: Instant?
  /// Recent refusals; busy replicas are forgiven sooner than broken ones.
  private var refusals = 0.0
  private var refusedAt = Instant(nanoseconds: 0)
  /// Calls of other callers, by the replica's own word.
  private var others = 0.0
  private(set) var processors = 0.0
  private var readySince: Instant?
  private var lostAt: Instant?

  // MARK: What it is worth

  /// Nanoseconds that a call is likely to take beside nothing else, much more after failures.
  func cost(_ now: Instant, _ pool: Balancer.Pool) -> Double {
    let weight = weight(now)
    let known = known(weight, pool)
    let busy = 1 + processors * weight
    return max(known, 1) * busy * exp2(strikes * weight + refusals(now))
  }

  /// A measurement from times when all were slower is worth what it was beside theirs: who came out
  /// of an overload last would else be shunned for as long as its measurement lasts.
  private func known(_ weight: Double, _ pool: Balancer.Pool) -> Double {
    let measured = levelThen > pool.level ? latency * pool.level / levelThen : latency
    return measured * weight + min(measured, pool.fastest) * (1 - weight)
  }

  private func refusals(_ now: Instant) -> Double {
    guard refusals > 0.01 else { return 0 }
    let age = Double(max(0, now.nanoseconds(since: refusedAt)))
    return refusals * exp(-age / Balancer.refusalDecayNanoseconds)
  }

  /// Calls that a new one would wait with.
  func load(_ now: Instant) -> Double {
    guard others > 0, let measuredAt else { return Double(inFlight) }
    let age = Double(max(0, now.nanoseconds(since: measuredAt)))
    return Double(inFlight) + others * max(0, 1 - age / Balancer.reportNanoseconds)
  }

  /// Share of its traffic that a replica gets so soon after it came.
  func warmth(_ now: Instant) -> Double {
    guard let readySince else { return 1 }
    let age = Double(max(0, now.nanoseconds(since: readySince)))
    return min(1, max(Balancer.coldShare, age / Balancer.slowStartNanoseconds))
  }

  /// What the last measurement still counts for.
  private func weight(_ now: Instant) -> Double {
    guard let measuredAt else { return 0 }
    let age = Double(max(0, now.nanoseconds(since: measuredAt)))
    // Within a per cent of the exponential, which costs more than all the rest.
    return age < Balancer.decayNanoseconds / 100 ? 1 : exp(-age / Balancer.decayNanoseconds)
  }

  // MARK: Learning

  /// A connection that broke and is back at once is the same process; after a silence it may be
  /// another one, with cold caches.
  mutating func becameReady(_ now: Instant) {
    if let lostAt, now.nanoseconds(since: lostAt) < Balancer.sameProcessNanoseconds { return }
    readySince = now
  }

  mutating func becameUnready(_ now: Instant) { lostAt = now }

  mutating func warmUpAnew(_ now: Instant) { readySince = now }

  mutating func started() { inFlight += 1 }

  mutating func finished(
    _ outcome: Balancer.Outcome, latencyNanoseconds: Int64, _ report: ReplicaLoad?, _ now: Instant,
    _ pool: Balancer.Pool
  ) {
    defer { inFlight = max(0, inFlight - 1) }
    if let report { heard(report) }
    let weight = weight(now)
    switch outcome {
    case .abandoned, .outrun: return
    case .answered:
      learn(Double(max(0, latencyNanoseconds)), weight, pool)
      strikes *= weight * (1 - Balancer.forgivenessPerAnswer)
      refusals *= 1 - Balancer.forgivenessPerAnswer
    case .refused:
      refusals = min(refusals(now) + Balancer.refusalStrikes, Balancer.strikesMax)
      refusedAt = now
      return
    case .failed:
      strikes = min(strikes * weight + 1, Balancer.strikesMax)
    }
    measuredAt = now
  }

  private mutating func learn(_ sample: Double, _ weight: Double, _ pool: Balancer.Pool) {
    let known = known(weight, pool)
    let weights = Balancer.sampleWeights
    var share = min(max(weights.lowerBound, 1 - weight), weights.upperBound)
    if sample > known {
      slowInRow = sample > known * Balancer.slowFactor ? min(slowInRow + 1, 8) : 0
      let doublings = max(0, slowInRow - 1)
      share = max(share, min(Balancer.peakWeight * Double(1 << doublings), Balancer.streakWeight))
    } else {
      slowInRow = 0
    }
    latency = known + (sample - known) * share
    levelThen = pool.level
  }

  private mutating func heard(_ report: ReplicaLoad) {
    let foreign = Double(max(0, Int(report.inFlight) - inFlight))
    others += (foreign - others) * Balancer.reportWeight
    let used = min(Double(report.permille) / 1_000, Balancer.processorsMax)
    processors += (used - processors) * Balancer.reportWeight
  }
}
