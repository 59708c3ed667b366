internal import Definitions
internal import Glibc
internal import Inference
internal import Node
internal import RPC
internal import Storage

/// Measures what a request costs each service here: real processes, with a simulated city, are asked
/// at a steady rate that leaves the machine room. They score with the shipped model, whose own time is
/// then replaced by the given one's, as its rows need not be the city's.
enum CapacityCalibration {
  /// Enough that there are as many candidates as may be asked for.
  private static let restaurants = 5_000

  static func run(
    model path: String, candidates: Int, seconds: Double, _ console: Console
  ) async throws(CommandFailure) -> ServiceCosts {
    let given = try ScoringTime(model: path, rows: candidates)
    let folder = try RunFolder.path("")
    console.note("measuring for \(seconds.fixed(1)) s; data and logs are in \(folder)")
    try BenchCluster.makeCity(in: "\(folder)/data", restaurants: restaurants)
    return try await BenchCluster.run(
      in: folder, data: "\(folder)/data", gateways: [["--candidates", "\(candidates)"]]
    ) { cluster throws(CommandFailure) in
      try await measure(cluster, given, path, candidates, seconds)
    }
  }

  private static func measure(
    _ cluster: BenchCluster, _ given: ScoringTime, _ path: String, _ candidates: Int,
    _ seconds: Double
  ) async throws(CommandFailure) -> ServiceCosts {
    let questions = BenchCluster.questions
    try await cluster.awaitWholeAnswer(to: questions.first)
    guard let source = ReplicaSource(cluster.gateway.listen) else {
      throw CommandFailure("\"\(cluster.gateway.listen)\" is no address")
    }
    let client = try await Brigade.client("gateway", at: source)
    defer { client.shutDown() }
    PacedLoad.warmUp(questions, milliseconds: Int(seconds * 200), client)
    let (processor, handlers) = (try cluster.processorTimes(), try handlerTimes(cluster))
    let requests = try PacedLoad.run(
      questions, milliseconds: Int(seconds * 1_000), client)
    let (processorAfter, handlersAfter) = (
      try cluster.processorTimes(), try handlerTimes(cluster)
    )
    var costs = ServiceCosts(
      candidates: candidates, model: path, modelLoadMilliseconds: given.loadMilliseconds,
      machine: machine, processorMicroseconds: [:], handlers: [:])
    for service in ServiceKind.allCases {
      let nanoseconds = (processorAfter[service] ?? 0) - (processor[service] ?? 0)
      costs.processorMicroseconds[service] = Double(nanoseconds) / 1_000 / Double(requests)
    }
    for call in ServiceCosts.calls {
      guard let after = handlersAfter[call.name], let before = handlers[call.name],
        let mean = after.since(before).meanMicroseconds,
        let p99 = after.since(before).microseconds(quantile: 0.99)
      else { throw CommandFailure("\(call.name) was not called") }
      costs.handlers[call.name] = ServiceCosts.Handler(
        meanMicroseconds: mean, p99Microseconds: p99)
    }
    let shipped = try ScoringTime(
      model: "\(BenchCluster.models)/browse/1/model.txt", rows: candidates)
    costs.replaceScoring(
      of: shipped.microseconds, by: given.microseconds)
    return costs
  }

  private static func handlerTimes(
    _ cluster: BenchCluster
  ) throws(CommandFailure) -> [String: HandlerTimes] {
    var times: [String: HandlerTimes] = [:]
    for call in ServiceCosts.calls {
      guard let text = cluster.replicas[call.service]?.first?.admin,
        let address = Address(text), let page = AdminClient.get("/metrics", at: address)
      else { throw CommandFailure("\(call.service.rawValue) shows no metrics") }
      let service = call.service.rawValue
      let name = service.prefix(1).uppercased() + service.dropFirst()
      times[call.name] = HandlerTimes("\(name)/\(call.name)", in: page)
    }
    return times
  }

  /// Processor and number of processors.
  private static var machine: String {
    let count = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    var model = "unknown processor"
    if let file = fopen("/proc/cpuinfo", "re") {
      defer { fclose(file) }
      // Of one processor; its size is not known beforehand.
      var bytes = [UInt8](repeating: 0, count: 4_096)
      bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      if let name = lines.first(where: { $0.hasPrefix("model name") })?.split(separator: ":").last {
        model = String(name.drop { $0 == " " })
      }
    }
    return "\(model), \(count) processors"
  }
}

/// How long a model takes to load, and to score a batch as it is served.
struct ScoringTime {
  private static let milliseconds = 200

  let loadMilliseconds: Double
  let microseconds: Double

  init(model path: String, rows: Int) throws(CommandFailure) {
    let bytes: [UInt8]
    do throws(DiskFile.Failure) { bytes = try Brigade.readFile(path) } catch {
      throw CommandFailure("\(path): \(error)")
    }
    let start = InferenceCell.nanoseconds()
    let model: Model
    do throws(ModelError) { model = try ModelParser.parse(bytes) } catch {
      throw CommandFailure("\(path): \(error)")
    }
    loadMilliseconds = Double(InferenceCell.nanoseconds() - start) / 1e6
    var generator = SplitMix64(seed: 1)
    let batches = ModelInputs(model).batches(rows: rows, &generator)
    let cell = InferenceCell(.brigade(model, .best), loads: [])
    try cell.measure(batches, batches, milliseconds: Self.milliseconds)
    microseconds = cell.batchMicroseconds
  }
}
