internal import CBench
internal import Glibc

/// What a call costs its server: an echo with the full head through the runtime's own interface,
/// beside an echo of the same frames by nothing but epoll.
enum RPCBenchmark: Benchmark {
  static let name = "rpc"
  static let summary = "processor time of a server for each call, beside bare epoll"

  static let loads = [
    EchoLoad(payloadBytes: 128, connections: 1, inFlight: 1),
    EchoLoad(payloadBytes: 128, connections: 4, inFlight: 16),
    EchoLoad(payloadBytes: 128, connections: 4, inFlight: 64),
    EchoLoad(payloadBytes: 8_192, connections: 4, inFlight: 64),
  ]

  static func run(
    _ effort: BenchmarkEffort, _ console: Console
  ) async throws(CommandFailure) -> [BenchmarkRow] {
    let processors = Processors()
    let backends = [
      try EchoProcess(.sync, on: processors.client), try EchoProcess(.sync, on: processors.client),
    ]
    let servers = [
      try EchoProcess(.floor, on: processors.server),
      try EchoProcess(.sync, on: processors.server),
      try EchoProcess(.counted, on: processors.server),
      try EchoProcess(.values, on: processors.server),
      try EchoProcess(.async, on: processors.server),
      try EchoProcess(.refused, on: processors.server),
      try EchoProcess(.fanout(backends.map(\.port)), on: processors.server),
    ]
    if let client = processors.client { bench_pin(client) }
    var cells = loads.flatMap { load in servers.map { EchoCell(load, $0.server) } }
    for round in 1...effort.rounds {
      for load in loads {
        console.progress(
          "round \(round) of \(effort.rounds): \(load.payloadBytes) bytes, \(load.inFlight) calls")
        for server in servers {
          let index = cells.firstIndex { $0.load == load && $0.server == server.server }!
          cells[index].samples.append(try measure(load, server, effort.milliseconds))
        }
      }
    }
    // Asked by one of the servers, not by us.
    withExtendedLifetime(backends) {}
    return cells.map { cell in
      cell.row(floor: cells.first { $0.load == cell.load && $0.server == .floor }!)
    }
  }

  private static func measure(
    _ load: EchoLoad, _ server: EchoProcess, _ milliseconds: Int
  ) throws(CommandFailure) -> EchoCell.Sample {
    let client = try load.open(server.port, isAnswered: server.server != .refused)
    _ = try client.run(milliseconds: max(1, milliseconds / 10))
    let before = try server.marks()
    let tally = try client.run(milliseconds: milliseconds)
    let after = try server.marks()
    return EchoCell.Sample(tally, before, after)
  }
}

/// Where the server and its client run; nil where there is only one processor.
private struct Processors {
  var server: Int32?
  var client: Int32?

  init() {
    var known: [Int32] = [0, 0]
    guard bench_processors(&known, 2) == 2 else { return }
    server = known[0]
    client = known[1]
  }
}
