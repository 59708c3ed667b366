internal import JSON
internal import Simulation

/// The figures of a scenario over the seeds that it was run with.
struct SimulationReport {
  let scenario: Scenario
  private var seeds: [UInt64] = []
  private var runs: [[Figure]] = []

  init(_ scenario: Scenario) { self.scenario = scenario }

  mutating func add(_ figures: [Figure], seed: UInt64) {
    seeds.append(seed)
    runs.append(figures)
  }

  var isKept: Bool { runs.allSatisfy { $0.allSatisfy(\.isKept) } }

  /// One figure over all seeds.
  private struct Row {
    let name: String
    let bound: Figure.Bound
    let sorted: [Double]
    let brokenBy: [UInt64]

    var median: Double { sorted[sorted.count / 2] }
  }

  private var rows: [Row] {
    guard let first = runs.first else { return [] }
    return first.indices.map { index in
      Row(
        name: first[index].name, bound: first[index].bound,
        sorted: runs.map { $0[index].value }.sorted(),
        brokenBy: zip(seeds, runs).filter { !$0.1[index].isKept }.map(\.0))
    }
  }

  var text: String {
    let isMany = seeds.count > 1
    var table = TextTable(
      columns: [("figure", .left)]
        + (isMany
          ? [("least", .right), ("median", .right), ("most", .right)] : [("value", .right)])
        + [("bound", .left), ("", .left)])
    for row in rows {
      let values =
        isMany ? [row.sorted[0], row.median, row.sorted[row.sorted.count - 1]] : row.sorted
      let verdict =
        row.brokenBy.isEmpty
        ? ""
        : "BROKEN by \(row.brokenBy.count) of \(seeds.count), as by seed \(row.brokenBy[0])"
      table.append([row.name] + values.map(Self.shown) + [row.bound.shown, verdict])
    }
    let run = isMany ? "\(seeds.count) seeds" : "seed \(seeds.first ?? 0)"
    return "\(scenario.name): \(scenario.summary) (\(run))\n\(table.text)"
  }

  private static func shown(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e9 ? value.fixed(0) : value.fixed(4)
  }

  static func json(_ reports: [SimulationReport]) -> String {
    var writer = JSONWriter(pretty: true)
    writer.array { writer in
      for report in reports {
        writer.object { writer in
          writer.member("scenario", report.scenario.name)
          writer.member("kept", report.isKept)
          writer.key("seeds")
          writer.array { writer in for seed in report.seeds { writer.value(seed) } }
          writer.key("figures")
          writer.array { writer in for row in report.rows { write(row, to: &writer) } }
        }
      }
    }
    return writer.string
  }

  private static func write(_ row: Row, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("name", row.name)
      writer.member("least", row.sorted[0])
      writer.member("median", row.median)
      writer.member("most", row.sorted[row.sorted.count - 1])
      switch row.bound {
      case .atMost(let most): writer.member("at_most", most)
      case .atLeast(let least): writer.member("at_least", least)
      case .none: break
      }
      writer.member("broken", row.brokenBy.count)
    }
  }
}

extension Figure.Bound {
  fileprivate var shown: String {
    switch self {
    case .atMost(let most): "at most \(most.fixed(most == most.rounded() ? 0 : 3))"
    case .atLeast(let least): "at least \(least.fixed(least == least.rounded() ? 0 : 3))"
    case .none: "-"
    }
  }
}
