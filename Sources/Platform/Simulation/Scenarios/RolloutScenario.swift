internal import RPC

extension Scenario {
  static let rollout = Scenario(
    name: "rollout", summary: "forty replicas are replaced four at a time by ones with cold caches"
  ) { seed in
    var load = Load()
    load.requestsPerSecond = 2_500
    load.seconds = 9
    load.isHedged = true
    var simulation = Simulation(replicas: 40, callers: 3, seed: seed, load: load)
    for wave in 0..<10 {
      for replica in wave * 4..<wave * 4 + 4 {
        simulation.at(seconds: 1 + Double(wave) * 0.6) {
          $0.restart(
            replica, drainSeconds: 0.2, downSeconds: 0.3, coldSeconds: 1.5, coldFactor: 4)
        }
      }
    }
    let result = simulation.run()
    let usual = result.during(0..<1).milliseconds(quantile: 0.99)
    let rolling = result.during(1..<7.5).milliseconds(quantile: 0.99)
    return [
      Figure("failed calls", Double(result.failed), .atMost(0)),
      Figure("hedges a call", result.hedgeShare, .atMost(0.05)),
      Figure("p99 while rolling, to before", rolling / usual, .atMost(2)),
      Figure(
        "retries a call", Double(result.counts.retries) / Double(result.requests), .atMost(0.02)),
    ]
  }
}
