internal import Node
internal import RPC

/// `brigade bench edge`: what the gateway pays for HTTP and JSON, beside its binary port.
enum EdgeBenchmark: Benchmark {
  static let name = "edge"
  static let summary = "the gateway's processor time for a request: binary, HTTP, JSON, gzip"

  private static let connectionCounts = [1, 4]

  private struct Case {
    let way: EdgeProtocol
    let connections: Int
    var measurements: [EdgeMeasurement] = []
  }

  static func run(
    _ effort: BenchmarkEffort, _ console: Console
  ) async throws(CommandFailure) -> [BenchmarkRow] {
    let folder = try RunFolder.path("")
    console.note("data and logs are in \(folder)")
    console.progress("starting a cluster")
    try BenchCluster.makeCity(in: "\(folder)/data")
    return try await BenchCluster.run(in: folder, data: "\(folder)/data") {
      cluster throws(CommandFailure) in
      try await measure(cluster, effort, console)
    }
  }

  private static func measure(
    _ cluster: BenchCluster, _ effort: BenchmarkEffort, _ console: Console
  ) async throws(CommandFailure) -> [BenchmarkRow] {
    let questions = BenchCluster.questions
    try await cluster.awaitWholeAnswer(to: questions.first)
    let loop = try EdgeLoad.startLoop()
    defer {
      loop.stop()
      loop.join()
    }
    var cases = connectionCounts.flatMap { connections in
      EdgeProtocol.allCases.map { Case(way: $0, connections: connections) }
    }
    for round in 1...effort.rounds {
      for index in cases.indices {
        console.progress("round \(round) of \(effort.rounds): \(cases[index].way.rawValue)")
        let target = try target(cases[index], cluster, questions)
        cases[index].measurements.append(
          try await EdgeLoad.run(target, milliseconds: effort.milliseconds, on: loop))
      }
    }
    return cases.map { row($0, binary: binary(for: $0, among: cases)) }
  }

  private static func target(
    _ asked: Case, _ cluster: BenchCluster, _ questions: EdgeQuestions
  ) throws(CommandFailure) -> EdgeLoad.Target {
    let text = asked.way == .binary ? cluster.gateway.listen : cluster.gateway.edge ?? ""
    guard let address = Address(text) else { throw CommandFailure("\"\(text)\" is no address") }
    return EdgeLoad.Target(
      address: address, way: asked.way, connections: asked.connections,
      requests: questions.bytes(asked.way, host: text), pid: cluster.gateway.pid)
  }

  // MARK: Rows

  private static func binary(for one: Case, among cases: [Case]) -> Case {
    cases.first { $0.way == .binary && $0.connections == one.connections } ?? one
  }

  private static func row(_ one: Case, binary: Case) -> BenchmarkRow {
    func value(_ column: (EdgeMeasurement) -> Double) -> Double {
      one.measurements.map(column).median
    }
    let processor = value(\.processorMicroseconds)
    let base = binary.measurements.map(\.processorMicroseconds).median
    var row = BenchmarkRow()
    row.add("protocol", .text(one.way.rawValue))
    row.add("connections", .count(one.connections))
    row.add("rps", .number(value(\.perSecond), decimals: 0))
    row.add("p50_us", .number(value { $0.microseconds(0.5) }, decimals: 0))
    row.add("p99_us", .number(value { $0.microseconds(0.99) }, decimals: 0))
    row.add("gateway_cpu_us", .number(processor, decimals: 1))
    row.add("request_bytes", .number(value(\.requestBytesMean), decimals: 0))
    row.add("response_bytes", .number(value(\.responseBytesMean), decimals: 0))
    row.add("cpu_ratio", .number(base > 0 ? processor / base : 0, decimals: 2))
    return row
  }
}
