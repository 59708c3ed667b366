extension Scenario {
  static let partitioned = Scenario(
    name: "partitioned",
    summary:
      "half of the callers lose half of three hundred replicas without a word, for four seconds"
  ) { seed in
    var load = Load()
    load.requestsPerSecond = 6_000
    load.seconds = 14
    var simulation = Simulation(replicas: 300, callers: 8, seed: seed, load: load)
    simulation.at(seconds: 4) { simulation in
      for caller in 0..<4 { for replica in 0..<150 { simulation.cut(caller, replica) } }
    }
    simulation.at(seconds: 8) { simulation in
      for caller in 0..<4 { for replica in 0..<150 { simulation.mend(caller, replica) } }
    }
    let result = simulation.run()
    let usual = result.during(0..<4).milliseconds(quantile: 0.99)
    let after = result.during(10..<14).milliseconds(quantile: 0.99)
    return [
      Figure(
        "failed share while they are lost", 1 - result.during(4..<8).answeredShare, .atMost(0.055)),
      Figure(
        "answered share once pings have noticed", result.during(6.6..<8).answeredShare,
        .atLeast(0.999)),
      Figure("attempts a call", result.amplification, .atMost(1.25)),
      Figure("p99 two seconds after, to before", after / usual, .atMost(1.5)),
    ]
  }
}
