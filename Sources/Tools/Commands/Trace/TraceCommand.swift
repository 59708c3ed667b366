internal import Gateway
internal import JSON
internal import Messages
internal import Node
internal import RPC
internal import Telemetry

/// `brigade trace`: where the time of requests went.
enum TraceCommand: Command {
  static let name = "trace"
  static let summary = "draws where a request's time went, and says which hop makes the p99"
  static let operands = "[ID|analyze]"
  static let operandCount = 0...1
  static let examples = [
    "brigade trace --slowest", "brigade trace --degraded --limit 3",
    "brigade trace 2564a86019b6915a", "brigade trace analyze",
  ]

  private static let analyze = "analyze"

  struct Options: Configuration {
    let admin: Address
    let slowest: Bool
    let degraded: Bool
    let failed: Bool
    let limit: Int
    let output: OutputFormat

    init(reading settings: inout Settings) {
      admin = settings.gatewayAdmin()
      slowest = settings.flag("slowest", default: false, "those that took longest")
      degraded = settings.flag("degraded", default: false, "the last that used a fallback")
      failed = settings.flag("failed", default: false, "the last that failed")
      limit = settings.integer(
        "limit", default: 0, in: 0...TraceSource.limitMax, unit: "traces",
        "0: one that is drawn, ten that are listed, all that are analyzed")
      output = settings.outputFormat()
      if [slowest, degraded, failed].count(where: { $0 }) > 1 {
        settings.refuse(slowest ? "slowest" : "degraded", "choose one kind of traces")
      }
    }
  }

  static func run(
    _ options: Options, _ operands: [String], _ console: Console
  ) async throws(CommandFailure) {
    let source = TraceSource(admin: options.admin)
    if operands.first == analyze { return try analyze(options, source, console) }
    if let id = operands.first { return show([try source.one(id)], options, console) }
    guard options.slowest || options.degraded || options.failed else {
      return try list(options, source, console)
    }
    let kind = options.degraded ? "class=degraded&" : options.failed ? "class=failed&" : ""
    let order = options.slowest ? "slowest" : "newest"
    let query = "\(kind)sort=\(order)&limit=\(max(1, options.limit))"
    let traces = try source.list(query).traces
    guard !traces.isEmpty else { throw CommandFailure("no such trace is kept at \(options.admin)") }
    show(traces, options, console)
  }

  private static func show(_ traces: [Trace], _ options: Options, _ console: Console) {
    switch options.output {
    case .json:
      var json = JSONWriter(pretty: true)
      for trace in traces { trace.write(to: &json) }
      console.print(json.string)
    case .table:
      console.print(traces.map { TraceWaterfall($0).text(console) }.joined(separator: "\n\n\n"))
    }
  }

  private static func list(
    _ options: Options, _ source: TraceSource, _ console: Console
  ) throws(CommandFailure) {
    let traces = try source.list("limit=\(options.limit == 0 ? 10 : options.limit)").traces
    guard options.output == .table else { return show(traces, options, console) }
    var columns: [(String, TextTable.Alignment)] = [
      ("trace", .left), ("time", .left), ("ms", .right), ("kept because", .left),
      ("waited for most", .left),
    ]
    let hasArms = traces.contains { !$0.root.arms.isEmpty }
    if hasArms { columns.append(("arms", .left)) }
    var table = TextTable(columns: columns)
    for trace in traces {
      let row = [
        trace.id.description,
        timestamp(unixMilliseconds: trace.startUnixNanoseconds / 1_000_000),
        milliseconds(trace.durationMicroseconds),
        trace.reasons.classes.map(\.rawValue).joined(separator: ","),
        TraceBreakdown(trace).shares.first?.described ?? "-",
      ]
      let arms = trace.root.arms.map { "\($0.experiment)=\($0.arm)" }.joined(separator: " ")
      table.append(hasArms ? row + [arms] : row)
    }
    console.print(table.text)
  }

  private static func analyze(
    _ options: Options, _ source: TraceSource, _ console: Console
  ) throws(CommandFailure) {
    let limit = options.limit == 0 ? TraceSource.limitMax : options.limit
    let page = try source.list("limit=\(limit)")
    let traces = page.traces.ofWholeTime(capacity: page.capacity, limit: limit).rankings
    guard let analysis = TraceAnalysis(traces) else {
      throw CommandFailure("no trace of a ranking is kept at \(options.admin)")
    }
    let report = TraceAnalysisReport(analysis)
    console.print(options.output == .json ? report.json : report.text)
  }
}

extension Settings {
  /// Where a gateway tells of itself.
  mutating func gatewayAdmin() -> Address {
    address(
      "admin", default: .tcp(host: "127.0.0.1", port: UpCommand.defaultAdminPort),
      "a gateway's admin port")
  }
}
