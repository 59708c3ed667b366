internal import RPC

extension Scenario {
  static let healthy = Scenario(
    name: "healthy",
    summary: "a thousand replicas and nothing wrong: nobody may be suspected or refused"
  ) { seed in
    var load = Load()
    load.requestsPerSecond = 8_000
    load.seconds = 2.5
    load.isHedged = true
    var simulation = Simulation(replicas: 1_000, callers: 5, seed: seed, load: load)
    let result = simulation.run()
    let unloaded = ServiceTime()
    let busiest = Double(result.attempts.max() ?? 0)
    return [
      Figure("failed calls", Double(result.failed), .atMost(0)),
      Figure("ejections", Double(result.counts.ejections), .atMost(0)),
      Figure("refusals", Double(result.refusals), .atMost(0)),
      Figure("hedges a call", result.hedgeShare, .atMost(0.05)),
      Figure(
        "busiest replica's share of an even one",
        busiest * 1_000 / Double(max(1, result.attemptsSum)), .atMost(2.5)),
      Figure("p50 ms", result.milliseconds(quantile: 0.5), .atMost(unloaded.meanMilliseconds)),
      Figure("p99 ms", result.milliseconds(quantile: 0.99)),
    ]
  }
}

extension SimulationResult {
  var hedgeShare: Double { Double(counts.hedges) / Double(max(1, requests)) }
}
