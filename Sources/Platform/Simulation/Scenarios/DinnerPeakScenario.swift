internal import RPC

extension Scenario {
  static let dinnerPeak = Scenario(
    name: "dinner-peak", summary: "the load grows to five times what it was, within half a second"
  ) { seed in
    var load = Load()
    // Two hundred replicas of eight workers can do 280,000 a second; these five do 7,000.
    load.requestsPerSecond = 1_000
    load.seconds = 32
    load.deadlineMilliseconds = 250
    var simulation = Simulation(replicas: 5, callers: 4, seed: seed, load: load)
    for step in 1...5 {
      let factor = 1 + 4 * Double(step) / 5
      simulation.at(seconds: 24 + 0.1 * Double(step)) { $0.load.requestsPerSecond = 1_000 * factor }
    }
    let result = simulation.run()
    let (before, peak) = (result.during(0..<24), result.during(24.5..<32))
    return [
      Figure("failed calls", Double(result.failed), .atMost(0)),
      // Among the calls that are long by themselves: what it says of waiting is little, and takes as
      // many calls as these to be no luck (its deviation is 0.056).
      Figure(
        "p99 at the peak, to before",
        peak.milliseconds(quantile: 0.99) / before.milliseconds(quantile: 0.99), .atMost(1.5)),
      // Below them: replicas that are chosen without a look at their load make it 1.14.
      Figure(
        "p95 at the peak, to before",
        peak.milliseconds(quantile: 0.95) / before.milliseconds(quantile: 0.95), .atMost(1.1)),
      Figure(
        "retries a call", Double(result.counts.retries) / Double(result.requests), .atMost(0.02)),
      Figure("ejections", Double(result.counts.ejections), .atMost(0)),
    ]
  }
}
