internal import CBench

/// One server under one load, measured in several rounds.
struct EchoCell {
  struct Sample {
    let cpuMicroseconds: Double
    let medianMicroseconds: Double
    let percentile99Microseconds: Double
    let callsPerSecond: Double
    /// Nil where they are not counted.
    let allocations: Double?

    init(_ tally: bench_tally, _ before: EchoProcess.Marks, _ after: EchoProcess.Marks) {
      let calls = Double(tally.answered)
      cpuMicroseconds = Double(after.cpuNanoseconds - before.cpuNanoseconds) / calls / 1_000
      medianMicroseconds = Double(tally.median) / 1_000
      percentile99Microseconds = Double(tally.percentile99) / 1_000
      callsPerSecond = calls / (Double(tally.nanoseconds) / 1e9)
      allocations =
        after.allocations < 0 ? nil : Double(after.allocations - before.allocations) / calls
    }
  }

  let load: EchoLoad
  let server: EchoServer
  var samples: [Sample] = []

  init(_ load: EchoLoad, _ server: EchoServer) {
    self.load = load
    self.server = server
  }

  /// - Parameter floor: the same load on bare epoll, measured in the same rounds.
  func row(floor: EchoCell) -> BenchmarkRow {
    var row = BenchmarkRow()
    row.add("payload_bytes", .count(load.payloadBytes))
    row.add("connections", .count(load.connections))
    row.add("in_flight", .count(load.inFlight))
    row.add("handler", .text(server.name))
    row.add("server_cpu_us", .number(median(\.cpuMicroseconds), decimals: 3))
    row.add("floor_ratio", .number(ratio(to: floor, \.cpuMicroseconds), decimals: 2))
    row.add("p50_us", .number(median(\.medianMicroseconds), decimals: 1))
    row.add("p50_floor_ratio", .number(ratio(to: floor, \.medianMicroseconds), decimals: 2))
    row.add("p99_us", .number(median(\.percentile99Microseconds), decimals: 1))
    row.add("rps", .number(median(\.callsPerSecond), decimals: 0))
    row.add("allocations", .number(median { $0.allocations ?? -1 }, decimals: 3))
    return row
  }

  private func median(_ value: (Sample) -> Double) -> Double { samples.map(value).median }

  /// The median over the rounds, so that a slow moment of the machine meets both.
  private func ratio(to floor: EchoCell, _ value: (Sample) -> Double) -> Double {
    zip(samples, floor.samples).map { value($0) / value($1) }.median
  }
}
