internal import Node
internal import Simulation

/// `brigade simulate`: the policies of callers and servers in situations that no test bench has,
/// on a virtual clock.
enum SimulateCommand: Command {
  static let name = "simulate"
  static let summary = "runs balancing, retries, hedging and admission on a virtual clock"
  static let operands = "SCENARIO"
  static let operandCount = 0...1
  static let examples = [
    "brigade simulate slow --seed 7", "brigade simulate all --seeds 20 --json",
  ]

  /// Tells seeds that differ by one apart as well as any others.
  static let seedFactor: UInt64 = 7_919

  struct Options: Configuration {
    let seed: Int
    let seeds: Int
    let isJSON: Bool

    init(reading settings: inout Settings) {
      seed = settings.integer(
        "seed", default: 1, in: 0...Int.max, "one seed gives one history, on any machine")
      seeds = settings.integer(
        "seeds", default: 1, in: 1...1_000_000, unit: "seeds", "to run, from the given one on")
      isJSON = settings.flag("json", default: false, "prints JSON instead of a table")
    }
  }

  static func run(
    _ options: Options, _ operands: [String], _ console: Console
  ) async throws(CommandFailure) {
    let scenarios = try scenarios(named: operands.first)
    var reports: [SimulationReport] = []
    for scenario in scenarios {
      var report = SimulationReport(scenario)
      for index in 0..<options.seeds {
        console.progress("\(scenario.name): seed \(index + 1) of \(options.seeds)")
        let seed = UInt64(options.seed) &+ UInt64(index) &* seedFactor
        report.add(scenario.run(seed), seed: seed)
      }
      reports.append(report)
    }
    console.endProgress()
    console.print(
      options.isJSON
        ? SimulationReport.json(reports)
        : reports.map { $0.text }.joined(separator: "\n\n"))
    let broken = reports.filter { !$0.isKept }
    guard broken.isEmpty else {
      throw CommandFailure(
        "out of bounds: \(broken.map(\.scenario.name).joined(separator: ", "))")
    }
  }

  private static func scenarios(named name: String?) throws(CommandFailure) -> [Scenario] {
    if name == "all" { return Scenario.all }
    guard let scenario = Scenario.all.first(where: { $0.name == name }) else {
      let list = Scenario.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n")
      throw .usage("name one of these, or all\n\(list)")
    }
    return [scenario]
  }
}
