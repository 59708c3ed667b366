internal import RPC
import Testing

/// Where the load goes, with the real balancer on a virtual clock.
struct BalancingTests {
  @Test(arguments: simulationSeeds)
  func `healthy replicas share the load within a third`(seed: UInt64) {
    var simulation = Simulation(replicas: 20, seed: seed)
    let result = simulation.run()
    let even = 1.0 / 20
    let shares = (0..<20).map { result.share($0) / even }
    // Within a quarter for 994 seeds of 1,000, the least share being .685: a long-tailed hour.
    #expect(
      shares.allSatisfy { (0.667...1.333).contains($0) }, "seed \(seed): shares \(shares)")
    #expect(result.failed == 0, "seed \(seed)")
  }

  @Test(arguments: simulationSeeds)
  func `a loaded cluster shares the load within a quarter`(seed: UInt64) {
    var load = Simulation.Load()
    // Eight workers of 5.6 ms each can do 1,400 a second: four replicas at 70 %.
    load.requestsPerSecond = 4_000
    load.seconds = 3
    var simulation = Simulation(replicas: 4, seed: seed, load: load)
    let result = simulation.run()
    let shares = (0..<4).map { result.share($0) * 4 }
    #expect(
      shares.allSatisfy { (0.75...1.25).contains($0) }, "seed \(seed): shares \(shares)")
    #expect(result.failed == 0, "seed \(seed)")
  }

  @Test(arguments: simulationSeeds)
  func `one replica of twenty that is ten times slower does not raise the 99th percentile`(
    seed: UInt64
  ) {
    var healthy = Simulation(replicas: 20, seed: seed)
    let usual = healthy.run().quantile(0.99)
    var simulation = Simulation(replicas: 20, seed: seed)
    simulation.replicas[7].behaviour = .slower(times: 10)
    let result = simulation.run()
    #expect(
      result.quantile(0.99) <= 1.5 * usual,
      "seed \(seed): \(result.quantile(0.99)) ms instead of \(usual); share \(result.share(7))")
    #expect(result.failed == 0, "seed \(seed)")
  }

  @Test(arguments: simulationSeeds)
  func `a replica that fails at once gets less than two per cent`(seed: UInt64) {
    var simulation = Simulation(replicas: 5, seed: seed)
    simulation.replicas[2].behaviour = .failing(.internal, .mayHaveRun, afterMicroseconds: 100)
    let result = simulation.run()
    #expect(result.share(2) < 0.02, "seed \(seed): \(result.share(2))")
    #expect(result.failed == result.attempts[2], "seed \(seed)")
  }

  @Test(arguments: simulationSeeds)
  func `a replica that recovers gets its share again`(seed: UInt64) {
    var load = Simulation.Load()
    load.seconds = 60
    load.requestsPerSecond = 200
    var simulation = Simulation(replicas: 5, seed: seed, load: load)
    simulation.replicas[2].behaviour = .failing(.internal, .mayHaveRun, afterMicroseconds: 100)
    var before: [Int] = []
    simulation.at(seconds: 10) { $0.replicas[2].behaviour = .healthy }
    simulation.at(seconds: 40) { before = $0.attemptsSoFar }
    let result = simulation.run()
    let late = zip(result.attempts, before).map { $0 - $1 }
    let share = Double(late[2]) / Double(late.reduce(0, +))
    #expect(share > 0.1, "seed \(seed): \(share) of the last twenty seconds")
  }
}
