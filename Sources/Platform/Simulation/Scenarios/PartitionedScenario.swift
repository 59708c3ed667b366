extension Scenario {
  static let partitioned = Scenario(
    name: "partitioned",
    summary:
      "half of the callers lose half of three hundred replicas without a word, for four seconds"
  ) { seed in
    var load = Load()
    load.requestsPerSecond = 3_000
    load.seconds = 11
    var simulation = Simulation(replicas: 300, callers: 4, seed: seed, load: load)
    simulation.at(seconds: 2) { simulation in
      for caller in 0..<2 { for replica in 0..<150 { simulation.cut(caller, replica) } }
    }
    simulation.at(seconds: 6) { simulation in
      for caller in 0..<2 { for replica in 0..<150 { simulation.mend(caller, replica) } }
    }
    let result = simulation.run()
    let usual = result.during(0..<2).milliseconds(quantile: 0.99)
    let after = result.during(8..<11).milliseconds(quantile: 0.99)
    return [
      Figure("failed share", 1 - result.answeredShare, .atMost(0.02)),
      Figure(
        "answered share once pings have noticed", result.during(4.6..<6).answeredShare,
        .atLeast(0.999)),
      Figure("attempts a call", result.amplification, .atMost(1.25)),
      Figure("p99 two seconds after, to before", after / usual, .atMost(1.5)),
    ]
  }
}
