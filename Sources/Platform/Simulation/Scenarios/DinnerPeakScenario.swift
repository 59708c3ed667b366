internal import RPC

extension Scenario {
  static let dinnerPeak = Scenario(
    name: "dinner-peak", summary: "the load grows to five times what it was, within half a second"
  ) { seed in
    var load = Load()
    // Two hundred replicas of eight workers can do 280,000 a second; these five do 7,000.
    load.requestsPerSecond = 1_000
    load.seconds = 10
    load.deadlineMilliseconds = 250
    var simulation = Simulation(replicas: 5, callers: 4, seed: seed, load: load)
    for step in 1...5 {
      let factor = 1 + 4 * Double(step) / 5
      simulation.at(seconds: 6 + 0.1 * Double(step)) { $0.load.requestsPerSecond = 1_000 * factor }
    }
    let result = simulation.run()
    let (before, peak) = (result.during(0..<6), result.during(6.5..<10))
    return [
      Figure("failed calls", Double(result.failed), .atMost(0)),
      Figure(
        "p99 at the peak, to before",
        peak.milliseconds(quantile: 0.99) / before.milliseconds(quantile: 0.99), .atMost(1.5)),
      Figure(
        "retries a call", Double(result.counts.retries) / Double(result.requests), .atMost(0.02)),
      Figure("ejections", Double(result.counts.ejections), .atMost(0)),
    ]
  }
}
