internal import RPC

extension Scenario {
  static let halfOpen = Scenario(
    name: "half-open",
    summary: "two replicas of twenty take calls, answer none for three seconds, and come back"
  ) { seed in
    var load = Load()
    load.requestsPerSecond = 2_000
    load.seconds = 13
    var simulation = Simulation(replicas: 20, callers: 2, seed: seed, load: load)
    for replica in [3, 11] { simulation.setBehaviour(.stuck, of: replica, during: 1..<4) }
    var before: [Int] = []
    simulation.at(seconds: 10) { before = $0.replicas.map(\.attempts) }
    let result = simulation.run()
    let late = zip(result.attempts, before).map { Double($0 - $1) }
    let sum = late.reduce(0, +)
    return [
      Figure("failed calls", Double(result.failed), .atMost(0)),
      Figure(
        "retries a call", Double(result.counts.retries) / Double(result.requests), .atMost(0.02)),
      Figure("ejections", Double(result.counts.ejections), .atLeast(2)),
      Figure(
        "least share of the two from the sixth second after, of an even one",
        min(late[3], late[11]) * 20 / sum, .atLeast(0.2)),
    ]
  }
}
