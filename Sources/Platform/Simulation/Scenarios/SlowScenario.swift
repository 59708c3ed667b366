extension Scenario {
  static let slow = Scenario(
    name: "slow", summary: "one replica of twenty is ten times slower, from the first second on"
  ) { seed in
    func run(isSlow: Bool) -> SimulationResult {
      var load = Load()
      load.requestsPerSecond = 2_000
      load.seconds = 6
      var simulation = Simulation(replicas: 20, callers: 2, seed: seed, load: load)
      if isSlow {
        simulation.at(seconds: 1) { $0.setBehaviour(.slower(times: 10), of: 7) }
      }
      return simulation.run()
    }
    let usual = run(isSlow: false).during(1..<6)
    let result = run(isSlow: true)
    let after = result.during(1..<6)
    let (p99, usualP99) = (after.milliseconds(quantile: 0.99), usual.milliseconds(quantile: 0.99))
    return [
      Figure("failed calls", Double(result.failed), .atMost(0)),
      Figure("p99 to all-healthy", p99 / usualP99, .atMost(1.5)),
      Figure("slow replica's share", result.share(of: 7)),
      Figure("p99 ms", p99),
      Figure("all-healthy p99 ms", usualP99),
    ]
  }
}
