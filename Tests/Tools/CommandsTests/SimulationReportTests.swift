import JSON
import Simulation
import Testing

@testable import Commands

struct SimulationReportTests {
  private func report(_ values: [Double]) -> SimulationReport {
    let scenario = Scenario(name: "storm", summary: "everything at once") { _ in [] }
    var report = SimulationReport(scenario)
    for (index, value) in values.enumerated() {
      report.add(
        [Figure("lost", value, .atMost(2)), Figure("p99 ms", 7.25)], seed: UInt64(index + 1))
    }
    return report
  }

  @Test func `one seed shows its values, and whether they are kept`() {
    let kept = report([2])
    #expect(kept.isKept)
    #expect(kept.text.contains("storm: everything at once (seed 1)"))
    #expect(kept.text.contains("lost") && kept.text.contains("at most 2"))
    #expect(kept.text.contains("7.2500") && !kept.text.contains("BROKEN"))
  }

  @Test func `many seeds show the spread, and which seed broke a bound`() {
    let broken = report([0, 5, 1])
    #expect(!broken.isKept)
    #expect(broken.text.contains("3 seeds"))
    #expect(broken.text.contains("BROKEN by 1 of 3, as by seed 2"))
  }

  @Test func `JSON has every figure with its bound`() throws {
    let text = SimulationReport.json([report([0, 5, 1])])
    let json = try JSONValue(parsing: text)
    let first = try #require(json.array?.first)
    #expect(first["scenario"]?.string == "storm")
    #expect(first["kept"]?.bool == false)
    #expect(first["seeds"]?.array?.count == 3)
    let figure = try #require(first["figures"]?.array?.first)
    #expect(figure["name"]?.string == "lost")
    #expect(figure["median"]?.double == 1 && figure["most"]?.double == 5)
    #expect(figure["at_most"]?.double == 2 && figure["broken"]?.int64 == 1)
  }
}
