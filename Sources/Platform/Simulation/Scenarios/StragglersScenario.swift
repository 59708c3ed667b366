internal import RPC

extension Scenario {
  static let stragglers = Scenario(
    name: "stragglers", summary: "three calls of a hundred take twenty times as long, anywhere"
  ) { seed in
    func run(hedged: Bool) -> SimulationResult {
      var load = Load()
      load.requestsPerSecond = 3_000
      load.seconds = 5
      load.isHedged = hedged
      load.attemptMilliseconds = 400
      var simulation = Simulation(replicas: 20, callers: 2, seed: seed, load: load)
      for replica in 0..<20 {
        simulation.replicas[replica].serviceTime.hiccupShare = 0.03
        simulation.replicas[replica].serviceTime.hiccupFactor = 20
      }
      return simulation.run()
    }
    let (with, without) = (run(hedged: true), run(hedged: false))
    let (p99, unhedged) = (
      with.during(1..<5).milliseconds(quantile: 0.99),
      without.during(1..<5).milliseconds(quantile: 0.99)
    )
    return [
      Figure("p99 to unhedged", p99 / unhedged, .atMost(0.5)),
      Figure("hedges a call", with.hedgeShare, .atMost(0.05)),
      Figure("attempts a call", with.amplification, .atMost(1.05)),
      Figure("failed calls", Double(with.failed), .atMost(0)),
      Figure("p99 ms", p99),
      Figure("unhedged p99 ms", unhedged),
    ]
  }
}
