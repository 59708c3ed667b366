internal import Simulation
import Testing

struct ScenarioTests {
  private func scenario(_ name: String) throws -> Scenario {
    try #require(Scenario.all.first { $0.name == name })
  }

  @Test(arguments: Scenario.all.map(\.name), simulationSeeds)
  func `a scenario keeps what it promises, with every seed`(name: String, seed: UInt64) throws {
    for figure in try scenario(name).run(seed) {
      #expect(
        figure.isKept, "seed \(seed): \(figure.name) is \(figure.value), not \(figure.bound)")
    }
  }

  @Test func `no two scenarios have the same name`() {
    #expect(Set(Scenario.all.map(\.name)).count == Scenario.all.count)
  }

  @Test func `one seed gives one history, and another seed another one`() throws {
    let flapping = try scenario("flapping")
    let figures = flapping.run(5)
    #expect(flapping.run(5) == figures)
    #expect(flapping.run(6) != figures)
  }
}
