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
    "brigade trace 2564a86019b6915a", "brigade trace analyze", "brigade trace analyze --since 1h",
  ]

  private static let analyze = "analyze"

  struct Options: Configuration {
    let admin: Address
    let slowest: Bool
    let degraded: Bool
    let failed: Bool
    let since: TraceAge?
    let limit: Int
    let output: OutputFormat

    init(reading settings: inout Settings) {
      admin = settings.gatewayAdmin()
      slowest = settings.flag("slowest", default: false, "those that took longest")
      degraded = settings.flag("degraded", default: false, "the last that used a fallback")
      failed = settings.flag("failed", default: false, "the last that failed")
      since = settings.value(
        "since", default: nil, shown: { $0?.description ?? "" }, placeholder: "TIME",
        "as 30s, 5m, 2h or all: how long ago a request began at most; for the slowest and analyze "
          + "\(TraceAge.usual), else all"
      ) { text throws(SettingProblem) in try TraceAge(text) }
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
    let age = options.since ?? (options.slowest ? .usual : .all)
    let page = try source.list("\(kind)sort=\(order)\(age.query)&limit=\(max(1, options.limit))")
    guard !page.traces.isEmpty else { throw nothing(age, page, options) }
    show(page.traces, options, console)
    if options.slowest { console.note("\nof \(seen(age, page))") }
  }

  /// `41 traces kept of the last 5 min`, and how to see others.
  private static func seen(_ age: TraceAge, _ page: TraceSource.Page) -> String {
    let older = page.kept - page.keptInTime
    return "\(page.keptInTime) \(page.keptInTime == 1 ? "trace" : "traces") kept\(age.words)"
      + (older > 0 ? "; --since all has \(older) older" : "")
  }

  private static func nothing(
    _ age: TraceAge, _ page: TraceSource.Page, _ options: Options
  ) -> CommandFailure {
    page.kept == 0
      ? CommandFailure("no such trace is kept at \(options.admin)")
      : CommandFailure("\(options.admin) has \(seen(age, page))")
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
    let age = options.since ?? .all
    let page = try source.list("limit=\(options.limit == 0 ? 10 : options.limit)\(age.query)")
    let traces = page.traces
    guard !traces.isEmpty || page.kept == 0 else { throw nothing(age, page, options) }
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
    let age = options.since ?? .usual
    let page = try source.list("limit=\(limit)\(age.query)")
    // Rings that had room for all of the time have given none of its traces away.
    let traces = page.traces.ofWholeTime(capacity: page.capacity, limit: limit).rankings
    guard let analysis = TraceAnalysis(traces) else {
      guard page.kept == 0 else { throw nothing(age, page, options) }
      throw CommandFailure("no trace of a ranking is kept at \(options.admin)")
    }
    let since = traces.map(\.startUnixNanoseconds).min() ?? 0
    let report = TraceAnalysisReport(analysis, sinceUnixMilliseconds: since / 1_000_000)
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
