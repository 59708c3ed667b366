internal import RPC

extension Scenario {
  static let slow = Scenario(
    name: "slow", summary: "one replica of twenty is ten times slower, from the first second on"
  ) { seed in figures(seed, isHedged: false) }

  static let slowHedged = Scenario(
    name: "slow-hedged",
    summary: "one replica of twenty is ten times slower, and callers send second copies"
  ) { seed in figures(seed, isHedged: true) }

  private static func figures(_ seed: UInt64, isHedged: Bool) -> [Figure] {
    let usual = run(seed, isHedged: isHedged, isSlow: false)
    let result = run(seed, isHedged: isHedged, isSlow: true)
    let p99 = result.during(1..<21).milliseconds(quantile: 0.99)
    let usualP99 = usual.during(1..<21).milliseconds(quantile: 0.99)
    return [
      Figure("failed calls", Double(result.failed), .atMost(0)),
      Figure("p99 to all-healthy", p99 / usualP99, .atMost(1.5)),
      Figure("slow replica's share", result.share(of: 7), .atMost(0.05)),
      Figure("hedges a call", result.hedgeShare, .atMost(isHedged ? 0.05 : 0)),
      Figure("attempts a call", result.amplification, .atMost(1.06)),
      Figure("ejections where all are healthy", Double(usual.counts.ejections), .atMost(0)),
      Figure("ejections", Double(result.counts.ejections)),
      Figure("p99 ms", p99),
      Figure("all-healthy p99 ms", usualP99),
    ]
  }

  private static func run(_ seed: UInt64, isHedged: Bool, isSlow: Bool) -> SimulationResult {
    var load = Load()
    load.requestsPerSecond = 2_000
    load.seconds = 21
    load.isHedged = isHedged
    var simulation = Simulation(replicas: 20, callers: 2, seed: seed, load: load)
    if isSlow {
      simulation.at(seconds: 1) { $0.setBehaviour(.slower(times: 10), of: 7) }
    }
    return simulation.run()
  }
}
