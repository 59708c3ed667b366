internal import Simulation

/// Finds the smallest numbers of replicas with which a simulated fleet holds its goal when one replica
/// of each service is lost. Pure: one seed gives one plan.
///
/// The least number of a service is Little's law, rate × time, over the share of a thread that may be
/// busy. Where that does not hold the 99th percentile, all services grow together until it does, and
/// each is then cut to what it needs.
struct CapacityPlanner: Sendable {
  struct Goal: Equatable, Sendable {
    /// As clients see it, network included.
    var p99Milliseconds = 50.0
    /// Of a replica's thread, when one is lost: room for what no simulation knows.
    var busyShareMax = 0.7
    /// Of the requests, that may be answered by a fallback or refused.
    var sufferedShareMax = 0.001
  }

  /// Simulated for each attempt; the 99th percentile of the counted ones has 160 beyond it.
  static let requests = 20_000
  /// Times the least number, beyond which more replicas don't help.
  private static let growthMax = 8.0
  private static let growthSteps = 5

  let costs: ServiceCosts
  let goal: Goal
  let seed: UInt64
  var requests = Self.requests

  func plan(requestsPerSecond rate: Double) throws(CapacityProblem) -> CapacityPlan {
    let least = leastReplicas(rate)
    var left = least
    if !holds(least, rate) {
      left = try grown(least, rate)
      for service in ServiceKind.allCases { trim(&left, service, to: least, rate) }
    }
    let replicas = left.mapValues { $0 + 1 }
    return CapacityPlan(
      requestsPerSecond: rate, replicas: replicas,
      busyThreads: threads(rate), whole: behaviour(replicas, rate),
      withoutOne: behaviour(left, rate))
  }

  private func threads(_ rate: Double) -> [ServiceKind: Double] {
    Dictionary(
      uniqueKeysWithValues: ServiceKind.allCases.map {
        ($0, costs.busyThreads($0, requestsPerSecond: rate))
      })
  }

  /// That must be left when one is lost.
  func leastReplicas(_ rate: Double) -> [ServiceKind: Int] {
    threads(rate).mapValues { max(1, Int(($0 / goal.busyShareMax).rounded(.up))) }
  }

  /// Simulates so many replicas.
  func behaviour(_ replicas: [ServiceKind: Int], _ rate: Double) -> CapacityPlan.Behaviour {
    var simulation = FleetSimulation(
      costs.fleet(replicas), requestsPerSecond: rate, requests: requests, seed: seed)
    let result = simulation.run()
    let services: [ServiceKind] = [.gateway] + ServiceCosts.called
    return CapacityPlan.Behaviour(
      p50Milliseconds: result.milliseconds(quantile: 0.5),
      p99Milliseconds: result.milliseconds(quantile: 0.99),
      sufferedShare: result.sufferedShare,
      busyShares: Dictionary(
        uniqueKeysWithValues: zip(services, result.busyShares.map { $0 })))
  }

  private func holds(_ replicas: [ServiceKind: Int], _ rate: Double) -> Bool {
    let behaviour = behaviour(replicas, rate)
    return behaviour.p99Milliseconds <= goal.p99Milliseconds
      && behaviour.sufferedShare <= goal.sufferedShareMax
  }

  /// The least multiple that holds, within a few per cent.
  private func grown(
    _ least: [ServiceKind: Int], _ rate: Double
  ) throws(CapacityProblem) -> [ServiceKind: Int] {
    func times(_ factor: Double) -> [ServiceKind: Int] {
      least.mapValues { Int((Double($0) * factor).rounded(.up)) }
    }
    var (low, high) = (1.0, 2.0)
    while !holds(times(high), rate) {
      guard high < Self.growthMax else { throw unreachable(times(high), rate) }
      (low, high) = (high, high * 2)
    }
    for _ in 0..<Self.growthSteps {
      let middle = (low + high) / 2
      if holds(times(middle), rate) { high = middle } else { low = middle }
    }
    return times(high)
  }

  private func unreachable(_ replicas: [ServiceKind: Int], _ rate: Double) -> CapacityProblem {
    let behaviour = behaviour(replicas, rate)
    return CapacityProblem(
      description:
        "a p99 of \(goal.p99Milliseconds.fixed(1)) ms can't be held with any number of replicas: "
        + "hardly busy ones have \(behaviour.p99Milliseconds.fixed(1)) ms "
        + "(p50 \(behaviour.p50Milliseconds.fixed(1)) ms), "
        + "\((behaviour.sufferedShare * 100).fixed(1)) % degraded")
  }

  private func trim(
    _ replicas: inout [ServiceKind: Int], _ service: ServiceKind, to least: [ServiceKind: Int],
    _ rate: Double
  ) {
    var (low, high) = (least[service] ?? 1, replicas[service] ?? 1)
    while low < high {
      let middle = (low + high) / 2
      var fewer = replicas
      fewer[service] = middle
      if holds(fewer, rate) { high = middle } else { low = middle + 1 }
    }
    replicas[service] = high
  }
}
