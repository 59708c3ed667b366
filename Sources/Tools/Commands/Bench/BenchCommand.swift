internal import Node

/// `brigade bench`: what parts of the cluster cost on this machine.
enum BenchCommand: Command {
  static let name = "bench"
  static let summary = "measures what a part of the cluster costs on this machine"
  static let operands = "BENCHMARK"
  static let operandCount = 0...1
  static let examples: [String] = [
    "brigade bench rpc", "brigade bench edge", "brigade bench reload", "brigade bench trace",
    "brigade bench sampling --rounds 20", "brigade bench scale",
    "brigade bench inference --model deploy/models/browse/1/model.txt --rows 200",
  ]

  static var benchmarks: [any Benchmark.Type] {
    [
      RPCBenchmark.self, EdgeBenchmark.self, InferenceBenchmark.self, ReloadBenchmark.self,
      TraceBenchmark.self, SamplingBenchmark.self,
      ScaleBenchmark.self,
    ]
  }

  struct Options: Configuration {
    let effort: BenchmarkEffort
    let isJSON: Bool

    init(reading settings: inout Settings) {
      var effort = BenchmarkEffort()
      effort.milliseconds = settings.integer(
        "milliseconds", default: effort.milliseconds, in: 1...600_000, unit: "milliseconds",
        "that each row is measured for, in each round")
      effort.rounds = settings.integer(
        "rounds", default: effort.rounds, in: 1...100, unit: "rounds",
        "of all rows; medians are shown")
      effort.model = settings.string(
        "model", default: "",
        "LightGBM or XGBoost model that the inference benchmark scores with; several, separated by "
          + "commas, are the heads of one version besides")
      effort.rows = settings.integer(
        "rows", default: effort.rows, in: 1...10_000, unit: "rows",
        "of a batch of the inference benchmark")
      self.effort = effort
      isJSON = settings.flag("json", default: false, "prints JSON instead of a table")
    }
  }

  static func run(
    _ options: Options, _ operands: [String], _ console: Console
  ) async throws(CommandFailure) {
    // The program itself, started by a benchmark.
    if let server = operands.first.flatMap({ EchoServer(operand: $0) }) { return try server.run() }
    guard let name = operands.first, let benchmark = benchmarks.first(where: { $0.name == name })
    else { throw .usage("name one of\n\(list)") }
    let rows = try await benchmark.run(options.effort, console)
    console.endProgress()
    let report = BenchmarkReport(name: name, rows: rows)
    console.print(options.isJSON ? report.json : report.text)
  }

  private static var list: String {
    benchmarks.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n")
  }
}
