internal import Node
internal import RPC

/// `brigade bench sampling`: what the traces that chance keeps cost whole requests. Gateways with
/// different rates ask the same replicas and take turns; the second one without any shows how far
/// two processes differ that do the same.
enum SamplingBenchmark: Benchmark {
  static let name = "sampling"
  static let summary =
    "throughput and the gateway's processor time with no, 1 % and all traces kept"

  /// The first is what the others are compared with.
  private static let rates = [0, 0, 0.01, 1]
  private static let connections = 4
  /// Shorter than most of what makes one second of a machine unlike the next.
  private static let windowMilliseconds = 250

  static func run(
    _ effort: BenchmarkEffort, _ console: Console
  ) async throws(CommandFailure) -> [BenchmarkRow] {
    let folder = try RunFolder.path("")
    console.note("data and logs are in \(folder)")
    try BenchCluster.makeCity(in: "\(folder)/data")
    let loop = try EdgeLoad.startLoop()
    defer {
      loop.stop()
      loop.join()
    }
    var turns: [[EdgeMeasurement]] = []
    for round in 1...effort.rounds {
      console.progress("round \(round) of \(effort.rounds)")
      // New processes, as one may lie better in memory than another for as long as it lives.
      turns += try await BenchCluster.run(
        in: try RunFolder.path("\(folder)/\(round)"), data: "\(folder)/data",
        gateways: rates.map { ["--trace.sample-rate", "\($0)"] }
      ) { cluster throws(CommandFailure) in
        try await measure(cluster, milliseconds: effort.milliseconds, on: loop)
      }
    }
    return rates.indices.map { row($0, turns) }
  }

  /// - Returns: for each turn, a window of each gateway.
  private static func measure(
    _ cluster: BenchCluster, milliseconds: Int, on loop: EventLoop
  ) async throws(CommandFailure) -> [[EdgeMeasurement]] {
    let questions = BenchCluster.questions
    try await cluster.awaitWholeAnswer(to: questions.first)
    let requests = questions.bytes(.binary, host: "")
    let window = min(milliseconds, windowMilliseconds)
    var turns: [[EdgeMeasurement]] = []
    for turn in 0...max(2, milliseconds / window) {
      var measured = rates.map { _ in EdgeMeasurement() }
      // There and back, so that a machine that gets slower is no gateway's fault.
      for index in turn.isMultiple(of: 2) ? Array(rates.indices) : rates.indices.reversed() {
        let gateway = cluster.gateways[index]
        guard let address = Address(gateway.listen) else {
          throw CommandFailure("\"\(gateway.listen)\" is no address")
        }
        measured[index] = try await EdgeLoad.run(
          EdgeLoad.Target(
            address: address, way: .binary, connections: connections, requests: requests,
            pid: gateway.pid), milliseconds: window, on: loop)
      }
      turns.append(measured)
    }
    // The first finds everything cold.
    return Array(turns.dropFirst())
  }

  private static func row(_ index: Int, _ turns: [[EdgeMeasurement]]) -> BenchmarkRow {
    func median(_ value: (EdgeMeasurement) -> Double) -> Double {
      turns.map { value($0[index]) }.median
    }
    var row = BenchmarkRow()
    row.add("sample_rate", .number(rates[index], decimals: 2))
    row.add("turns", .count(turns.count))
    row.add("rps", .number(median(\.perSecond), decimals: 0))
    row.add("gateway_cpu_us", .number(median(\.processorMicroseconds), decimals: 1))
    for (name, value) in [
      ("rps", \EdgeMeasurement.perSecond), ("cpu", \.processorMicroseconds),
    ] {
      let ratio = PairedRatio(turns.map { $0[index][keyPath: value] / $0[0][keyPath: value] })
      row.add("\(name)_ratio", .number(ratio.median, decimals: 3))
      row.add("\(name)_low", .number(ratio.low, decimals: 3))
      row.add("\(name)_high", .number(ratio.high, decimals: 3))
    }
    return row
  }
}
