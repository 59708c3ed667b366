internal import Node
internal import RPC

/// `brigade bench scale`: what a second replica of each service adds to the processor time that the
/// service takes for a request, at the same rate for all of them together.
enum ScaleBenchmark: Benchmark {
  static let name = "scale"
  static let summary = "the services' processor time for a request, with one replica and with two"

  private static let services: [ServiceKind] = [.retrieval, .features, .inference]

  /// A cluster, and microseconds for a request by service, a value for each round.
  private struct Case {
    let replicas: Int
    let cluster: BenchCluster
    let client: Client
    var microseconds: [ServiceKind: [Double]] = [:]

    func end() async {
      client.shutDown()
      await cluster.stop()
    }
  }

  static func run(
    _ effort: BenchmarkEffort, _ console: Console
  ) async throws(CommandFailure) -> [BenchmarkRow] {
    let folder = try RunFolder.path("")
    console.note("data and logs are in \(folder)")
    try BenchCluster.makeCity(in: "\(folder)/data")
    var cases: [Case] = []
    do throws(CommandFailure) {
      for replicas in 1...2 {
        console.progress("starting a cluster with \(replicas) of each service")
        cases.append(try await start(replicas, in: folder))
      }
      for round in 1...effort.rounds {
        // The first of a round finds a colder machine: they take turns.
        for index in round.isMultiple(of: 2) ? [1, 0] : [0, 1] {
          console.progress("round \(round) of \(effort.rounds): \(index + 1) of each")
          try measure(&cases[index], effort)
        }
      }
    } catch {
      for one in cases { await one.end() }
      throw error
    }
    for one in cases { await one.end() }
    return services.flatMap { service in cases.map { row($0, service, single: cases[0]) } }
  }

  private static func start(
    _ replicas: Int, in folder: String
  ) async throws(CommandFailure) -> Case {
    let own = try RunFolder.path("\(folder)/\(replicas)")
    let counts = services.map { "\($0.rawValue)=\(replicas)" }.joined(separator: ",")
    let cluster = try await BenchCluster.start(in: own, data: "\(folder)/data", counts: counts)
    do throws(CommandFailure) {
      try await cluster.awaitWholeAnswer(to: BenchCluster.questions.first)
      guard let source = ReplicaSource(cluster.gateway.listen) else {
        throw CommandFailure("\"\(cluster.gateway.listen)\" is no address")
      }
      return Case(
        replicas: replicas, cluster: cluster,
        client: try await Brigade.client("gateway", at: source))
    } catch {
      await cluster.stop()
      throw error
    }
  }

  private static func measure(
    _ one: inout Case, _ effort: BenchmarkEffort
  ) throws(CommandFailure) {
    let questions = BenchCluster.questions
    PacedLoad.warmUp(questions, milliseconds: effort.milliseconds / 5, one.client)
    let before = try one.cluster.processorTimes()
    let requests = try PacedLoad.run(
      questions, milliseconds: effort.milliseconds, one.client)
    let after = try one.cluster.processorTimes()
    for service in services {
      let nanoseconds = (after[service] ?? 0) - (before[service] ?? 0)
      one.microseconds[service, default: []].append(
        Double(nanoseconds) / 1_000 / Double(requests))
    }
  }

  private static func row(_ one: Case, _ service: ServiceKind, single: Case) -> BenchmarkRow {
    let own = InferenceCell.percentile(one.microseconds[service] ?? [], 0.5)
    let base = InferenceCell.percentile(single.microseconds[service] ?? [], 0.5)
    var row = BenchmarkRow()
    row.add("service", .text(service.rawValue))
    row.add("replicas", .count(one.replicas))
    row.add("rps", .number(PacedLoad.requestsPerSecond, decimals: 0))
    row.add("cpu_us", .number(own, decimals: 1))
    row.add("cpu_ratio", .number(base > 0 ? own / base : 0, decimals: 2))
    return row
  }
}
