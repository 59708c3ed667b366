internal import RPC
import Testing

/// What retries cost and save, with the real budget and policy on a virtual clock.
struct RetryTests {
  @Test(arguments: simulationSeeds)
  func `a stopped replica fails no request and costs few retries`(seed: UInt64) {
    var simulation = Simulation(replicas: 5, seed: seed)
    simulation.at(seconds: 5) { $0.replicas[3].behaviour = .stopped }
    let result = simulation.run()
    #expect(result.failed == 0, "seed \(seed)")
    #expect(result.retries < result.requests / 100, "seed \(seed): \(result.retries)")
  }

  @Test(arguments: simulationSeeds)
  func `when all replicas fail retries add at most a quarter`(seed: UInt64) {
    var simulation = Simulation(replicas: 5, seed: seed)
    for id in 0..<5 {
      simulation.replicas[id].behaviour = .failing(
        .unavailable, .notStarted, afterMicroseconds: 200)
    }
    let result = simulation.run()
    #expect(result.failed == result.requests, "seed \(seed)")
    #expect(result.amplification <= 1.25, "seed \(seed): \(result.amplification)")
  }

  @Test(arguments: simulationSeeds)
  func `when all replicas stop retries add at most a quarter`(seed: UInt64) {
    var simulation = Simulation(replicas: 5, seed: seed)
    for id in 0..<5 { simulation.replicas[id].behaviour = .stopped }
    let result = simulation.run()
    #expect(result.amplification <= 1.25, "seed \(seed): \(result.amplification)")
  }

  @Test(arguments: simulationSeeds)
  func `an overloaded replica's refusals are taken elsewhere`(seed: UInt64) {
    var simulation = Simulation(replicas: 5, seed: seed)
    simulation.replicas[0].behaviour = .failing(.unavailable, .notStarted, afterMicroseconds: 200)
    let result = simulation.run()
    #expect(result.failed == 0, "seed \(seed)")
    #expect(result.share(0) < 0.02, "seed \(seed): \(result.share(0))")
  }

  @Test(arguments: simulationSeeds)
  func `a flapping replica fails no request`(seed: UInt64) {
    var simulation = Simulation(replicas: 5, seed: seed)
    for round in 0..<100 {
      let start = 1 + Double(round) * 0.25
      simulation.at(seconds: start) { $0.disconnect(4) }
      simulation.at(seconds: start + 0.1) { $0.connect(4) }
    }
    let result = simulation.run()
    #expect(result.failed == 0, "seed \(seed)")
    #expect(result.retries < result.requests / 100, "seed \(seed): \(result.retries)")
  }
}
