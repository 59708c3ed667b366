internal import RPC

extension Scenario {
  static let overload = Scenario(
    name: "overload", summary: "three times as many calls as can be done, for two seconds"
  ) { seed in
    figures(seed, replicas: 5, .loop, "loops") + figures(seed, replicas: 3, .workers(2), "workers")
  }

  /// Handlers of a millisecond that run on a server's loop, or wait.
  private static func figures(
    _ seed: UInt64, replicas: Int, _ kind: SimulatedReplica.Kind, _ title: String
  ) -> [Figure] {
    var serviceTime = ServiceTime()
    serviceTime.floorMilliseconds = 0.4
    serviceTime.tailMilliseconds = 0.6
    var capacity = Double(replicas) * 1_000 / serviceTime.meanMilliseconds
    if case .workers(let workers) = kind { capacity *= Double(workers) }
    var load = Load()
    load.requestsPerSecond = capacity * 0.6
    load.seconds = 7
    load.deadlineMilliseconds = 100
    load.attemptMilliseconds = 50
    load.urgentShare = 0.1
    var simulation = Simulation(
      replicas: replicas, callers: 2, seed: seed, load: load, kind: kind)
    for replica in 0..<replicas { simulation.replicas[replica].serviceTime = serviceTime }
    simulation.at(seconds: 1.5) { $0.load.requestsPerSecond = capacity * 3 }
    simulation.at(seconds: 3.5) { $0.load.requestsPerSecond = capacity * 0.6 }
    let result = simulation.run()
    let (before, during) = (result.during(0..<1.5), result.during(1.5..<3.5))
    let recovered = result.during(5.5..<7)
    return [
      Figure(
        "\(title): goodput to capacity", result.answersPerSecond(1.7..<3.5) / capacity,
        .atLeast(0.9)),
      Figure("\(title): answered share 2 s after", recovered.answeredShare, .atLeast(0.999)),
      Figure(
        "\(title): p50 2 s after, to before",
        recovered.milliseconds(quantile: 0.5) / before.milliseconds(quantile: 0.5),
        .atMost(1.5)),
      Figure(
        "\(title): p95 2 s after, to before",
        recovered.milliseconds(quantile: 0.95) / before.milliseconds(quantile: 0.95)),
      Figure(
        "\(title): handlers run when time was over", Double(result.handlersRunLate), .atMost(0)),
      Figure("\(title): urgent calls answered", during.urgent.answeredShare, .atLeast(0.9)),
      Figure("\(title): attempts a call", result.amplification, .atMost(1.25)),
      Figure("\(title): ejections", Double(result.counts.ejections)),
      Figure("\(title): p99 ms overloaded", during.milliseconds(quantile: 0.99)),
    ]
  }
}

extension SimulationResult {
  var urgent: SimulationResult {
    var part = self
    part.outcomes.removeAll { !$0.isUrgent }
    return part
  }
}
