internal import Definitions
internal import Glibc
internal import JSON
internal import Messages
internal import Node
internal import RPC
internal import Telemetry

/// `brigade load`: requests at a fixed rate, whether or not answers come, as users send them.
enum LoadCommand: Command {
  static let name = "load"
  static let summary = "sends rank requests at a steady rate and reports latency and failures"
  static let examples = [
    "brigade load --target 127.0.0.1:7000 --data data --rate 200 --duration 10",
    "brigade load --target 127.0.0.1:7000,127.0.0.1:7001 --at 37.76,-122.41 --rate 500 -o json",
  ]

  struct Options: Configuration {
    let target: ReplicaSource
    let token: ClusterToken
    let rate: Double
    let durationSeconds: Double
    let data: String
    let place: Coordinate?
    let now: Int64
    let count: Int
    let seed: Int
    let timeoutMilliseconds: Int
    let output: OutputFormat

    init(reading settings: inout Settings) {
      target = settings.value(
        "target", default: .list([.tcp(host: "127.0.0.1", port: UpCommand.defaultPort)]),
        shown: \.description, placeholder: "HOST:PORT,…",
        "gateways; a lost one's requests go on to another",
        parse: replicaSource)
      token = settings.clusterToken()
      rate = settings.number(
        "rate", default: 100, in: 0.1...1_000_000, unit: "requests a second", "offered")
      durationSeconds = settings.number(
        "duration", default: 10, in: 0.1...86_400, unit: "seconds", "to send for")
      data = settings.string(
        "data", default: "", "data folder whose users ask from their homes")
      place = settings.place("at", "ask from around here, as users u0 to u999; without --data")
      now = settings.now()
      count = settings.integer("count", default: 20, in: 1...200, unit: "items", "wanted")
      seed = settings.integer("seed", default: 1, in: 0...Int.max, "of the choice of users")
      timeoutMilliseconds = settings.integer(
        "timeout_ms", default: 1_000, in: 1...60_000, unit: "milliseconds",
        "after which a request has failed")
      output = settings.outputFormat()
    }
  }

  static func run(
    _ options: Options, _ operands: [String], _ console: Console
  ) async throws(CommandFailure) {
    let people = try LoadPeople(options)
    let client = try await Brigade.client("gateway", at: options.target, token: options.token)
    defer { client.shutDown() }
    let report = await send(options, people, client, console)
    console.endProgress()
    console.print(options.output == .json ? report.json : report.text)
    if report.failed > 0 {
      throw CommandFailure("\(report.failed) of \(report.sent) requests failed")
    }
  }

  private static func send(
    _ options: Options, _ people: LoadPeople, _ client: Client, _ console: Console
  ) async -> LoadReport {
    let tally = LoadTally()
    var random = SplitMix64(seed: UInt64(options.seed))
    let interval = 1e9 / options.rate
    let total = max(1, Int(options.rate * options.durationSeconds))
    let start = Instant.now()
    var lastShown = start
    // Retries carry the id of the first attempt, which must differ between runs.
    let run = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    for index in 0..<total {
      let intended = start.adding(nanoseconds: Int64(Double(index) * interval))
      pause(until: intended)
      var request = people.request(using: &random)
      request.requestID = "load-\(run)-\(index)"
      request.count = UInt32(options.count)
      request.nowMilliseconds = options.now
      tally.sent()
      client.start(.rank, request, .within(milliseconds: options.timeoutMilliseconds)) { end in
        tally.ended(end, intended: intended)
      }
      if Instant.now() > lastShown.adding(milliseconds: 500) {
        lastShown = .now()
        console.progress(tally.progress(elapsed: Instant.now().nanoseconds(since: start)))
      }
    }
    let sentBy = Instant.now()
    let patience = sentBy.adding(milliseconds: Int64(options.timeoutMilliseconds) + 500)
    while !tally.isComplete, Instant.now() < patience { usleep(1_000) }
    return tally.report(
      offeredPerSecond: options.rate, elapsed: Instant.now().nanoseconds(since: start))
  }

  private static func pause(until instant: Instant) {
    let left = instant.nanoseconds(since: .now())
    if left > 0 { usleep(UInt32(clamping: left / 1_000)) }
  }
}

/// Who asks, and from where.
struct LoadPeople {
  private static let spreadDegrees = 0.02

  private var users: [(id: String, place: Coordinate)] = []
  private let center: Coordinate?

  init(_ options: LoadCommand.Options) throws(CommandFailure) {
    center = options.place
    guard !options.data.isEmpty else {
      guard center != nil else { throw .usage("--data DIR or --at LAT,LON is required") }
      return
    }
    do {
      let catalogue = try Catalogue(loading: "\(options.data)/catalogue.brigade")
      users = catalogue.users.values.compactMap { user in user.home.map { (user.id, $0) } }
        .sorted { $0.0 < $1.0 }
      if users.isEmpty {
        // Nobody's home is known: ask as the users that there are, from where items are.
        let places = catalogue.items.map(\.coordinate)
        guard !places.isEmpty else { throw CommandFailure("\(options.data) has no items") }
        let ids = catalogue.users.keys.sorted()
        users = ids.enumerated().map { ($1, places[$0 % places.count]) }
      }
    } catch {
      throw CommandFailure("\(error)")
    }
  }

  func request(using random: inout SplitMix64) -> RankRequest {
    var request = RankRequest()
    if let user = users.randomElement(using: &random) {
      request.userID = user.id
      request.place = user.place.place
    } else if let center {
      func near(_ degrees: Double) -> Double {
        degrees + Double.random(in: -Self.spreadDegrees...Self.spreadDegrees, using: &random)
      }
      request.userID = "u\(Int.random(in: 0..<1_000, using: &random))"
      request.place =
        Coordinate(
          latitude: min(90, max(-90, near(center.latitude))),
          longitude: min(180, max(-180, near(center.longitude)))
        ).place
    }
    return request
  }
}
