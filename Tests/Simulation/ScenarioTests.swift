internal import Simulation
import Testing

/// The figures that each scenario promises, seed by seed.
struct ScenarioTests {
  private func keeps(_ name: String, _ seed: UInt64) throws {
    let scenario = try #require(Scenario.all.first { $0.name == name })
    for figure in scenario.run(seed) {
      #expect(
        figure.isKept, "seed \(seed): \(figure.name) is \(figure.value), not \(figure.bound)")
    }
  }

  @Test(arguments: simulationSeeds)
  func `a thousand healthy replicas are neither suspected nor overloaded`(seed: UInt64) throws {
    try keeps("healthy", seed)
  }

  @Test(arguments: simulationSeeds)
  func `one replica of twenty that is ten times slower hardly raises the 99th percentile`(
    seed: UInt64
  ) throws {
    try keeps("slow", seed)
  }

  @Test(arguments: simulationSeeds)
  func `a replica that answers errors at once gets less than two per cent`(seed: UInt64) throws {
    try keeps("erroring", seed)
  }

  @Test(arguments: simulationSeeds)
  func `replicas that come and go fail next to nothing`(seed: UInt64) throws {
    try keeps("flapping", seed)
  }

  @Test(arguments: simulationSeeds)
  func `replicas that never answer fail nothing and get their share again when they do`(
    seed: UInt64
  ) throws {
    try keeps("half-open", seed)
  }

  @Test(arguments: simulationSeeds)
  func `callers that lose half of the replicas go on with the others`(seed: UInt64) throws {
    try keeps("partitioned", seed)
  }

  @Test(arguments: simulationSeeds)
  func `five times the load is served as the load before it`(seed: UInt64) throws {
    try keeps("dinner-peak", seed)
  }

  @Test(arguments: simulationSeeds)
  func `three times the capacity costs a tenth of it at most and is over when it is over`(
    seed: UInt64
  ) throws {
    try keeps("overload", seed)
  }

  @Test(arguments: simulationSeeds)
  func `when all replicas refuse retries add at most a quarter`(seed: UInt64) throws {
    try keeps("retry-storm", seed)
  }

  @Test(arguments: simulationSeeds)
  func `hedges halve the 99th percentile of stragglers for a twentieth more load`(
    seed: UInt64
  ) throws {
    try keeps("stragglers", seed)
  }

  @Test(arguments: simulationSeeds)
  func `a rollout fails nothing`(seed: UInt64) throws { try keeps("rollout", seed) }

  @Test(arguments: simulationSeeds)
  func `replicas that stood still for a moment take in as much as before half a second later`(
    seed: UInt64
  ) throws {
    try keeps("stall", seed)
  }

  @Test(arguments: simulationSeeds)
  func `when most are removed no one gets all traffic because the rest were ejected`(
    seed: UInt64
  ) throws {
    try keeps("scale-in", seed)
  }

  @Test(arguments: simulationSeeds)
  func `a slow replica and hedges together raise the 99th percentile no more than either`(
    seed: UInt64
  ) throws {
    try keeps("slow-hedged", seed)
  }

  @Test func `one seed gives one history, and another seed another one`() throws {
    let scenario = try #require(Scenario.all.first { $0.name == "flapping" })
    let figures = scenario.run(5)
    #expect(scenario.run(5) == figures)
    #expect(scenario.run(6) != figures)
  }
}
