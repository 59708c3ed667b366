internal import Glibc
package import Telemetry

/// Chooses a replica: of two at random, the one that is likely to answer sooner.
///
/// Each replica has a score, its mean latency doubled for every recent failure. Scores that are
/// much alike are noise (service times have long tails), and then the calls in flight decide
/// alone; else score × calls in flight does. A failure has to count, or a replica that fails fast
/// would look like the best one; what is slow or failing is asked again as its measurement ages.
/// Pure: time and chance are arguments.
package struct Balancer: Sendable {
  package typealias ID = Int

  /// Time in which a measurement loses two thirds of its weight.
  package static let decayNanoseconds = 5_000_000_000.0
  /// What a replica that was never asked is taken for beside slower ones.
  package static let unknownLatencyNanoseconds = 1_000_000.0
  /// Weight of one answer in the mean, the higher one after a silence: low, so that one slow answer
  /// is no verdict.
  package static let sampleWeights = 1.0 / 64...1.0 / 8
  /// Scores within this factor say nothing.
  package static let noiseFactor = 1.5
  /// Failures that are remembered: 2^8 times the latency, about ten seconds without calls.
  package static let strikesMax = 8.0
  /// Share of its failures that one success makes up for: one failure in a hundred is tolerated,
  /// one in ten is not.
  package static let forgivenessPerAnswer = 1.0 / 32

  private struct Replica {
    let id: ID
    var isReady = false
    var inFlight = 0
    var latency = Balancer.unknownLatencyNanoseconds
    /// Recent failures, fewer as time passes and calls succeed.
    var strikes = 0.0
    /// Nil before the first answer.
    var measuredAt: Instant?
  }

  /// In the order of addition, so that one seed gives one history.
  private var replicas: [Replica] = []

  package init() {}

  package mutating func add(_ id: ID) {
    remove(id)
    replicas.append(Replica(id: id))
  }

  package mutating func remove(_ id: ID) { replicas.removeAll { $0.id == id } }

  /// What is known of a replica that comes back is kept: one that comes and goes would else win
  /// calls each time.
  package mutating func setReady(_ id: ID, _ ready: Bool) {
    if let index = index(id) { replicas[index].isReady = ready }
  }

  package func isReady(_ id: ID) -> Bool { index(id).map { replicas[$0].isReady } ?? false }

  private func index(_ id: ID) -> Int? { replicas.firstIndex { $0.id == id } }

  // MARK: Choosing

  /// O(replicas); nil when none is ready that `excluded` does not hold.
  package func pick(
    _ now: Instant, excluding excluded: [ID], random: inout some RandomNumberGenerator
  ) -> ID? {
    var eligible = 0
    for replica in replicas where isEligible(replica, excluded) { eligible += 1 }
    guard eligible > 0 else { return nil }
    let first = Int.random(in: 0..<eligible, using: &random)
    let a = member(first, excluded)
    guard eligible > 1 else { return a.id }
    var second = Int.random(in: 0..<eligible - 1, using: &random)
    if second >= first { second += 1 }
    let b = member(second, excluded)
    return isBetter(b, than: a, now) ? b.id : a.id
  }

  package func hasReady(excluding excluded: [ID]) -> Bool {
    replicas.contains { isEligible($0, excluded) }
  }

  private func isEligible(_ replica: Replica, _ excluded: [ID]) -> Bool {
    replica.isReady && !excluded.contains(replica.id)
  }

  private func member(_ index: Int, _ excluded: [ID]) -> Replica {
    var left = index
    for replica in replicas where isEligible(replica, excluded) {
      if left == 0 { return replica }
      left -= 1
    }
    preconditionFailure("index \(index) of the eligible replicas")
  }

  private func isBetter(_ a: Replica, than b: Replica, _ now: Instant) -> Bool {
    let (ofA, ofB) = (score(a, now), score(b, now))
    if max(ofA, ofB) <= min(ofA, ofB) * Self.noiseFactor { return a.inFlight < b.inFlight }
    return ofA * Double(a.inFlight + 1) < ofB * Double(b.inFlight + 1)
  }

  private func score(_ replica: Replica, _ now: Instant) -> Double {
    max(latency(replica, now), 1) * exp2(replica.strikes * weight(replica, now))
  }

  private func latency(_ replica: Replica, _ now: Instant) -> Double {
    let weight = weight(replica, now)
    return replica.latency * weight + min(replica.latency, fastest) * (1 - weight)
  }

  /// What an old measurement, or none, tends to: a fixed guess would keep a new replica without a
  /// call for good where all others are faster than the guess.
  private var fastest: Double {
    var fastest = Double.infinity
    for replica in replicas where replica.measuredAt != nil {
      fastest = min(fastest, replica.latency)
    }
    return fastest
  }

  /// What a replica's last measurement still counts for.
  private func weight(_ replica: Replica, _ now: Instant) -> Double {
    guard let measuredAt = replica.measuredAt else { return 0 }
    return exp(-Double(max(0, now.nanoseconds(since: measuredAt))) / Self.decayNanoseconds)
  }

  // MARK: Learning

  package mutating func started(_ id: ID) {
    if let index = index(id) { replicas[index].inFlight += 1 }
  }

  /// How an attempt ended, as far as its replica is to blame.
  package enum Outcome: Sendable {
    case answered
    case failed
    /// The caller left; says nothing of the replica.
    case abandoned
  }

  package mutating func finished(
    _ id: ID, _ outcome: Outcome, latencyNanoseconds: Int64, now: Instant
  ) {
    guard let index = index(id) else { return }
    var replica = replicas[index]
    replica.inFlight = max(0, replica.inFlight - 1)
    let weight = weight(replica, now)
    switch outcome {
    case .abandoned: break
    case .answered:
      let weights = Self.sampleWeights
      let share = min(max(weights.lowerBound, 1 - weight), weights.upperBound)
      let known = latency(replica, now)
      replica.latency = known + (Double(max(0, latencyNanoseconds)) - known) * share
      replica.strikes *= weight * (1 - Self.forgivenessPerAnswer)
      replica.measuredAt = now
    case .failed:
      replica.strikes = min(replica.strikes * weight + 1, Self.strikesMax)
      replica.measuredAt = now
    }
    replicas[index] = replica
  }
}
