internal import Definitions
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
    let gateway: ReplicaSource
    let token: ClusterToken
    let user: String
    let place: Coordinate?
    let now: Int64
    let count: Int
    let radiusKilometres: Double
    let categories: [String]
    let prices: [UInt32]
    let includeClosed: Bool
    let requestID: String
    let timeoutMilliseconds: Int
    let trace: Bool
    let timeline: Bool
    let output: OutputFormat

    init(reading settings: inout Settings) {
      gateway = settings.gateway()
      token = settings.clusterToken()
      user = settings.string("user", default: "", "id of the user; nobody known by default")
      place = settings.place("at", "where the user is; required")
      now = settings.now()
      count = settings.integer("count", default: 10, in: 1...200, unit: "items", "wanted")
      radiusKilometres = settings.number(
        "radius_km", default: 0, in: 0...100, unit: "kilometres", "0 leaves it to the gateway")
      categories = settings.strings("categories", default: [], "any of these")
      prices = settings.values(
        "prices", default: [], shown: { String($0) }, "any of these levels, 1 to 4"
      ) { text throws(SettingProblem) in
        guard let price = UInt32(text) else { throw SettingProblem("\"\(text)\" is no level") }
        return price
      }
      includeClosed = settings.flag("closed", default: false, "also what is closed then")
      requestID = settings.string(
        "request_id", default: "", "the same id again gets the same draw")
      timeoutMilliseconds = settings.integer(
        "timeout_ms", default: 1_000, in: 1...60_000, unit: "milliseconds", "to wait")
      trace = settings.flag("trace", default: false, "also draw where the time went")
      timeline = settings.flag(
        "timeline", default: false, "also tell its steps, beside the textbook's times")
      output = settings.outputFormat()
    }
  }

  static func run(
    _ options: Options, _ operands: [String], _ console: Console
  ) async throws(CommandFailure) {
    guard let place = options.place else { throw .usage("--at LAT,LON is required") }
    let client = try await Brigade.client("gateway", at: options.gateway, token: options.token)
    defer { client.shutDown() }
    let end = await client.call(.rank, request(options, place), callOptions(options))
    switch end.result {
    case .failure(let error): throw CommandFailure(error)
    case .success(let response):
      switch options.output {
      case .json: console.print(json(response))
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
    var call = CallOptions.within(milliseconds: options.timeoutMilliseconds)
    guard options.trace else { return call }
    var random = SystemRandomNumberGenerator()
    call.trace = TraceContext(random: &random)
    call.trace.flags = 1
    return call
  }

  private static func request(_ options: Options, _ place: Coordinate) -> RankRequest {
    var filters = Filters()
    filters.radiusKilometres = options.radiusKilometres
    filters.categories = options.categories
    filters.prices = options.prices
    filters.includeClosed = options.includeClosed
    var request = RankRequest()
    request.requestID = options.requestID
    request.userID = options.user
    request.place = place.place
    request.nowMilliseconds = options.now
    request.count = UInt32(options.count)
    request.filters = filters
    return request
  }

  private static func json(_ response: RankResponse) -> String {
    let schema = MessageSchema(types: [MessageType(RankResponse.descriptor)])
    do {
      return try schema.decode(
        response.encoded(), as: RankResponse.messageName, pretty: true)
    } catch {
      preconditionFailure("our own message has no JSON: \(error)")
    }
  }
}
