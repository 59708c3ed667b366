internal import RPC

extension Scenario {
  static let erroring = Scenario(
    name: "erroring", summary: "one replica of twenty answers errors at once"
  ) { seed in
    var load = Load()
    load.requestsPerSecond = 3_000
    load.seconds = 5
    var simulation = Simulation(replicas: 20, callers: 2, seed: seed, load: load)
    simulation.setBehaviour(.failing(.internal, .mayHaveRun, afterMicroseconds: 100), of: 2)
    let result = simulation.run()
    return [
      Figure("erroring replica's share", result.share(of: 2), .atMost(0.02)),
      Figure("failed share", 1 - result.answeredShare, .atMost(0.02)),
      Figure("p99 ms", result.milliseconds(quantile: 0.99)),
      Figure("ejections", Double(result.counts.ejections), .atLeast(1)),
    ]
  }
}
