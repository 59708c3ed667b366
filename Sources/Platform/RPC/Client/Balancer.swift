package import Telemetry

/// Chooses a replica: of two at random, the one with the lower latency × calls in flight.
///
/// Latency is a peak-sensitive moving average: a slow answer counts at once, a fast one only as
/// time passes, so that a replica which stalls loses its traffic within a few calls. A failure
/// counts as a very slow answer, or a replica that fails fast would look like the best one.
/// Pure: time and chance are arguments.
package struct Balancer: Sendable {
  package typealias ID = Int

  /// Time in which the average forgets two thirds of what it has seen.
  package static let decayNanoseconds = 5_000_000_000.0
  /// What a replica that was never asked is taken for, so that it is not flooded.
  package static let unknownLatencyNanoseconds = 1_000_000.0
  /// What a failed call counts as.
  package static let failureNanoseconds = 1_000_000_000.0

  private struct Replica {
    var isReady = false
    var latency = Balancer.unknownLatencyNanoseconds
    var measuredAt = Instant(nanoseconds: 0)
    var inFlight = 0
  }

  private var replicas: [ID: Replica] = [:]
  /// In a fixed order, so that one seed gives one history.
  private var order: [ID] = []

  package init() {}

  package mutating func add(_ id: ID) {
    if replicas.updateValue(Replica(), forKey: id) == nil { order.append(id) }
  }

  package mutating func remove(_ id: ID) {
    replicas[id] = nil
    order.removeAll { $0 == id }
  }

  /// A replica that comes back is judged anew.
  package mutating func setReady(_ id: ID, _ ready: Bool) {
    guard let replica = replicas[id], replica.isReady != ready else { return }
    replicas[id] = Replica(isReady: ready, inFlight: replica.inFlight)
  }

  package func isReady(_ id: ID) -> Bool { replicas[id]?.isReady ?? false }

  /// O(replicas); nil when none is ready that `excluded` does not hold.
  package func pick(
    _ now: Instant, excluding excluded: [ID], random: inout some RandomNumberGenerator
  ) -> ID? {
    let eligible = order.count { isEligible($0, excluded) }
    guard eligible > 1 else { return order.first { isEligible($0, excluded) } }
    let first = Int.random(in: 0..<eligible, using: &random)
    var second = Int.random(in: 0..<eligible - 1, using: &random)
    if second >= first { second += 1 }
    let (a, b) = (member(first, excluded), member(second, excluded))
    return cost(b, now) < cost(a, now) ? b : a
  }

  private func isEligible(_ id: ID, _ excluded: [ID]) -> Bool {
    isReady(id) && !excluded.contains(id)
  }

  private func member(_ index: Int, _ excluded: [ID]) -> ID {
    var left = index
    for id in order where isEligible(id, excluded) {
      if left == 0 { return id }
      left -= 1
    }
    preconditionFailure("index \(index) of the eligible replicas")
  }

  private func cost(_ id: ID, _ now: Instant) -> Double {
    guard let replica = replicas[id] else { return .infinity }
    // What was slow once is given another chance as its measurement ages.
    let age = Double(max(0, now.nanoseconds(since: replica.measuredAt)))
    let weight = decay(age)
    let latency = replica.latency * weight + Self.unknownLatencyNanoseconds * (1 - weight)
    return max(latency, 1) * Double(replica.inFlight + 1)
  }

  package mutating func started(_ id: ID) { replicas[id]?.inFlight += 1 }

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
    guard var replica = replicas[id] else { return }
    replica.inFlight = max(0, replica.inFlight - 1)
    if outcome != .abandoned {
      let sample = max(
        Double(latencyNanoseconds), outcome == .failed ? Self.failureNanoseconds : 0)
      let weight = decay(Double(max(0, now.nanoseconds(since: replica.measuredAt))))
      let average = replica.latency * weight + sample * (1 - weight)
      replica.latency = max(sample, average)
      if sample < replica.latency { replica.latency = average }
      replica.measuredAt = now
    }
    replicas[id] = replica
  }

  /// e^(-age/τ), without a mathematics library: (1 - x/8)^8 is close enough for a weight.
  private func decay(_ age: Double) -> Double {
    let step = max(0, 1 - age / Self.decayNanoseconds / 8)
    let squared = step * step
    let fourth = squared * squared
    return fourth * fourth
  }
}
