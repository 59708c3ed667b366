internal import RPC

extension Scenario {
  static let scaleIn = Scenario(
    name: "scale-in",
    summary: "of ten replicas three are ejected and well again when six of the others are removed"
  ) { seed in
    var load = Load()
    load.requestsPerSecond = 2_500
    load.seconds = 14
    var simulation = Simulation(replicas: 10, callers: 2, seed: seed, load: load)
    for replica in 0..<3 {
      simulation.setBehaviour(
        .failing(.internal, .notStarted, afterMicroseconds: 100), of: replica, during: 0..<8)
    }
    var before: [Int] = []
    simulation.at(seconds: 8) { simulation in
      for replica in 3..<9 { simulation.remove(replica) }
      before = simulation.replicas.map(\.attempts)
    }
    var soon: [Int] = []
    simulation.at(seconds: 9) { soon = $0.replicas.map(\.attempts) }
    let result = simulation.run()
    let taken = zip(soon, before).map { Double($0 - $1) }
    return [
      Figure(
        "busiest of the four's share in the first second",
        (taken.max() ?? 0) / max(1, taken.reduce(0, +)), .atMost(0.6)),
      Figure(
        "answered share from then on", result.during(8..<14).answeredShare, .atLeast(0.995)),
      Figure("p99 ms in the first second", result.during(8..<9).milliseconds(quantile: 0.99)),
      Figure("p99 ms before", result.during(5..<8).milliseconds(quantile: 0.99)),
      Figure("ejections", Double(result.counts.ejections), .atLeast(3)),
    ]
  }
}
