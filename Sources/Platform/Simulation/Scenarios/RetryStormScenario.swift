internal import RPC

extension Scenario {
  static let retryStorm = Scenario(
    name: "retry-storm", summary: "all replicas refuse everything for three seconds"
  ) { seed in
    var load = Load()
    load.requestsPerSecond = 2_500
    load.seconds = 8
    var simulation = Simulation(replicas: 10, callers: 2, seed: seed, load: load)
    var (before, after) = (0, 0)
    for replica in 0..<10 {
      simulation.setBehaviour(
        .failing(.unavailable, .notStarted, afterMicroseconds: 200), of: replica, during: 1..<4)
    }
    simulation.at(seconds: 1) { before = $0.replicas.reduce(0) { $0 + $1.attempts } }
    simulation.at(seconds: 4) { after = $0.replicas.reduce(0) { $0 + $1.attempts } }
    let result = simulation.run()
    let storm = result.during(1..<4)
    let (usual, recovered) = (result.during(0..<1), result.during(6..<8))
    return [
      Figure(
        "attempts a call while all refuse", Double(after - before) / Double(storm.requests),
        .atMost(1.25)),
      Figure("answered share 2 s after", recovered.answeredShare, .atLeast(1)),
      Figure(
        "p95 2 s after, to before",
        recovered.milliseconds(quantile: 0.95) / usual.milliseconds(quantile: 0.95),
        .atMost(1.5)),
    ]
  }
}
