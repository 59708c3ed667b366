internal import Messages
internal import Node
internal import RPC
internal import Telemetry

/// `brigade rank`: asks for a list, as an app would.
enum RankCommand: Command {
  static let name = "rank"
  static let summary = "ranks what a user should see at a place and time"
  static let examples = [
    "brigade rank --user u17 --at 37.7599,-122.4148",
    "brigade rank --user u17 --at 37.7599,-122.4148 --now 2026-10-02T18:45-07:00 --trace",
    "brigade rank --user u17 --at 37.76,-122.41 --categories Thai,Ramen --prices 1,2 -o json",
  ]

  struct Options: Configuration {
    let asked: AskedRanking
    let trace: Bool
    let timeline: Bool
    let output: OutputFormat

    init(reading settings: inout Settings) {
      asked = AskedRanking(reading: &settings)
      trace = settings.flag("trace", default: false, "also draw where the time went")
      timeline = settings.flag(
        "timeline", default: false, "also tell its steps, beside the textbook's times")
      output = settings.outputFormat()
    }
  }

  static func run(
    _ options: Options, _ operands: [String], _ console: Console
  ) async throws(CommandFailure) {
    let request = try options.asked.request()
    let client = try await Brigade.client(
      "gateway", at: options.asked.gateway, token: options.asked.token)
    defer { client.shutDown() }
    let end = await client.call(.rank, request, callOptions(options))
    switch end.result {
    case .failure(let error): throw CommandFailure(error)
    case .success(let response):
      try options.asked.check(response)
      switch options.output {
      case .json: console.print(response.prettyJSON)
      case .table:
        console.print(RankReport(response).text(console))
        if options.trace { console.print("\n" + Waterfall(response).text(console)) }
        if options.timeline {
          let answered = Double(end.report.end.microseconds(since: end.report.start)) / 1_000
          console.print("\n" + RequestTimeline(response).text(answered: answered))
        }
      }
    }
  }

  /// Who looks at a trace may want to look at it again: `brigade trace` finds it.
  private static func callOptions(_ options: Options) -> CallOptions {
    var call = CallOptions.within(milliseconds: options.asked.timeoutMilliseconds)
    guard options.trace else { return call }
    var random = SystemRandomNumberGenerator()
    call.trace = TraceContext(random: &random)
    call.trace.flags = 1
    return call
  }
}
