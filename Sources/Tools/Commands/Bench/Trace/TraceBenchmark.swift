internal import CBench
internal import Gateway
internal import Node
internal import RPC
internal import Telemetry

/// What tracing costs a request that is not kept, and one that is.
enum TraceBenchmark: Benchmark {
  static let name = "trace"
  static let summary = "time that tracing takes of a request, for each of its hops"

  /// One way to treat requests.
  private struct Case {
    let name: String
    let settings: TracingSettings
    var samples: [Sample] = []
  }

  /// Of one request.
  private struct Sample {
    let nanoseconds: Double
    /// Negative where they are not counted.
    let allocations: Double
  }

  private static let batch = 1_000

  static func run(
    _ effort: BenchmarkEffort, _ console: Console
  ) async throws(CommandFailure) -> [BenchmarkRow] {
    // Without lines in a log, which are limited to a few a second.
    let never = TracingSettings(headRate: 0, logLinesPerSecond: 0)
    let always = TracingSettings(headRate: 1, logLinesPerSecond: 0)
    var cases = [
      Case(name: "sampled out", settings: never),
      Case(name: "kept", settings: always),
    ]
    for round in 1...effort.rounds {
      for index in cases.indices {
        console.progress("round \(round) of \(effort.rounds): \(cases[index].name)")
        cases[index].samples.append(try measure(cases[index], effort.milliseconds))
      }
    }
    return cases.map(row)
  }

  private static func row(_ measured: Case) -> BenchmarkRow {
    let sorted = measured.samples.sorted { $0.nanoseconds < $1.nanoseconds }
    let median = sorted[sorted.count / 2]
    var row = BenchmarkRow()
    row.add("trace", .text(measured.name))
    row.add("hop_ns", .number(median.nanoseconds / Double(TracingCost.hops), decimals: 0))
    row.add("request_ns", .number(median.nanoseconds, decimals: 0))
    row.add("request_allocations", .number(median.allocations, decimals: 2))
    return row
  }

  private static func measure(
    _ measured: Case, _ milliseconds: Int
  ) throws(CommandFailure) -> Sample {
    let environment = ServiceEnvironment(
      identity: Identity(replica: "gateway-1", software: "bench"), log: Log(sink: { _ in true }),
      metrics: MetricsRegistry())
    let cost: TracingCost
    do throws(StartupError) {
      cost = try TracingCost(measured.settings, in: environment)
    } catch {
      throw CommandFailure("\(error)")
    }
    _ = run(cost)
    let allocated = bench_allocations()
    let start = Instant.now()
    let end = start.adding(milliseconds: Int64(milliseconds))
    var requests = 0
    var now = start
    while now < end {
      requests += run(cost)
      now = .now()
    }
    return Sample(
      nanoseconds: Double(now.nanoseconds(since: start)) / Double(requests),
      allocations: allocated < 0
        ? -1 : Double(bench_allocations() - allocated) / Double(requests))
  }

  private static func run(_ cost: TracingCost) -> Int {
    for _ in 0..<batch { _ = cost.trace() }
    return batch
  }
}
