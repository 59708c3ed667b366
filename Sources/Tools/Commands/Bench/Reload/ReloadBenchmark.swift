internal import Glibc
internal import Messages
internal import RPC
internal import Telemetry

/// `brigade bench reload`: what requests feel of models that are loaded meanwhile. Windows with and
/// without new versions take turns, at one steady rate.
enum ReloadBenchmark: Benchmark {
  static let name = "reload"
  static let summary = "latency of scores in windows with and without models being loaded"

  private static let rows = 200
  /// Of the rate that one connection reaches by itself.
  private static let loadShare = 0.4
  private static let rateMax = 1_000.0
  private static let deadlineMilliseconds = 200
  private static let calibrationCalls = 20
  /// New versions in a window.
  private static let versions = 3
  /// Two forests take turns, so that every version is another one.
  private static let seeds: [UInt64] = [1, 2]

  private struct Bench {
    let server: ReloadBenchServer
    let client: Client
    let request: ScoreRequest
    let contents: [[(String, [UInt8])]]
    var perSecond = 0.0
    var lastVersion = 1
  }

  static func run(
    _ effort: BenchmarkEffort, _ console: Console
  ) async throws(CommandFailure) -> [BenchmarkRow] {
    let folder = try RunFolder.path("")
    console.note("models and logs are in \(folder)")
    // Windows below a second are for tests, whose builds score slowly.
    let forest = BenchForest(trees: effort.milliseconds < 1_000 ? 20 : 500)
    var contents: [[(String, [UInt8])]] = []
    for seed in seeds { contents.append(try forest.version(seed: seed, warmUpRows: rows)) }
    let server = try await ReloadBenchServer.start(in: folder, first: contents[0])
    defer { server.stop() }
    let client = try await Brigade.client("inference", at: .list([server.address]))
    defer { client.shutDown() }
    var request = ScoreRequest()
    request.columns = UInt32(forest.features)
    request.matrix = forest.rows(rows, seed: 7)
    var bench = Bench(server: server, client: client, request: request, contents: contents)
    bench.perSecond = try await calibrate(bench)
    var (quiet, reloading): ([ReloadWindow.Figures], [ReloadWindow.Figures]) = ([], [])
    // Not counted.
    _ = try await window(&bench, milliseconds: effort.milliseconds / 10, versions: 0)
    for round in 1...effort.rounds {
      console.progress("round \(round) of \(effort.rounds)")
      quiet.append(try await window(&bench, milliseconds: effort.milliseconds, versions: 0))
      reloading.append(
        try await window(&bench, milliseconds: effort.milliseconds, versions: versions))
    }
    let base = quiet.map { $0.microseconds(0.99) }.median
    return [
      row("quiet", quiet, bench, base: base), row("reload", reloading, bench, base: base),
    ]
  }

  /// Requests a second that leave the server time.
  private static func calibrate(_ bench: Bench) async throws(CommandFailure) -> Double {
    var latency = LatencyRecorder()
    for _ in 0..<calibrationCalls {
      let start = Instant.now()
      let end = await bench.client.call(.score, bench.request, .within(milliseconds: 10_000))
      if case .failure(let error) = end.result { throw CommandFailure("\(error)") }
      latency.record(nanoseconds: Instant.now().nanoseconds(since: start))
    }
    return min(rateMax, loadShare * 1e9 / Double(max(1, latency.quantile(0.5))))
  }

  /// Sends for the time given, while new versions appear; they are loaded and serve before it ends.
  private static func window(
    _ bench: inout Bench, milliseconds: Int, versions: Int
  ) async throws(CommandFailure) -> ReloadWindow.Figures {
    let first = bench.lastVersion + 1
    for version in first..<(first + versions) {
      try bench.server.prepare(version, bench.contents[version % bench.contents.count])
      bench.lastVersion = version
    }
    let window = ReloadWindow()
    let interval = 1e9 / bench.perSecond
    let total = max(1, Int(Double(milliseconds) / 1e3 * bench.perSecond))
    let start = Instant.now()
    var shown = 0
    for index in 0..<total {
      if shown * total <= index * versions, shown < versions {
        bench.server.show(first + shown)
        shown += 1
      }
      let intended = start.adding(nanoseconds: Int64(Double(index) * interval))
      let left = intended.nanoseconds(since: .now())
      if left > 0 { usleep(UInt32(clamping: left / 1_000)) }
      window.sent()
      bench.client.start(
        .score, bench.request, .within(milliseconds: deadlineMilliseconds)
      ) { window.ended($0, intended: intended) }
    }
    let patience = Instant.now().adding(milliseconds: Int64(2 * deadlineMilliseconds))
    while !window.isComplete, Instant.now() < patience { usleep(1_000) }
    return window.figures
  }

  // MARK: Rows

  private static func row(
    _ kind: String, _ windows: [ReloadWindow.Figures], _ bench: Bench, base: Double
  ) -> BenchmarkRow {
    func value(_ column: (ReloadWindow.Figures) -> Double) -> Double {
      windows.map(column).median
    }
    let tail = value { $0.microseconds(0.99) }
    var row = BenchmarkRow()
    row.add("windows", .text(kind))
    row.add("rps", .number(bench.perSecond, decimals: 0))
    row.add("requests", .count(windows.reduce(0) { $0 + $1.sent }))
    row.add("failed", .count(windows.reduce(0) { $0 + $1.failed + $1.sent - $1.ended }))
    // Each window begins with the version that the one before it ended with.
    row.add("reloads", .count(windows.reduce(0) { $0 + max(0, $1.versions.count - 1) }))
    row.add("p50_us", .number(value { $0.microseconds(0.5) }, decimals: 0))
    row.add("p99_us", .number(tail, decimals: 0))
    row.add("max_us", .number(value { $0.microseconds(1) }, decimals: 0))
    row.add("p99_ratio", .number(base > 0 ? tail / base : 0, decimals: 2))
    return row
  }
}
