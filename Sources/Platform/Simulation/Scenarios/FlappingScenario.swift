internal import RPC

extension Scenario {
  static let flapping = Scenario(
    name: "flapping",
    summary:
      "of ten replicas one's connections break four times a second, another fails now and then"
  ) { seed in
    var load = Load()
    load.requestsPerSecond = 1_500
    load.seconds = 8
    var simulation = Simulation(replicas: 10, callers: 2, seed: seed, load: load)
    for round in 0..<28 {
      let start = 0.5 + Double(round) * 0.25
      simulation.at(seconds: start) { $0.disconnect(4) }
      simulation.at(seconds: start + 0.1) { $0.connect(4) }
    }
    for round in 0..<7 {
      let start = 0.5 + Double(round)
      simulation.setBehaviour(
        .failing(.unavailable, .mayHaveRun, afterMicroseconds: 100), of: 5,
        during: start..<start + 0.5)
    }
    let result = simulation.run()
    return [
      Figure("failed share", 1 - result.answeredShare, .atMost(0.01)),
      Figure(
        "retries a call", Double(result.counts.retries) / Double(result.requests), .atMost(0.02)),
      Figure("p99 ms", result.milliseconds(quantile: 0.99), .atMost(80)),
    ]
  }
}
