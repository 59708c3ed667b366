internal import Definitions
internal import Events
internal import Messages
package import Node
package import RPC
internal import Telemetry

/// `brigade-features`: model-ready rows from one definition, the same for training and serving.
package struct FeaturesService: Service {
  package static let program = ProgramDescription(
    name: "brigade-features", summary: "assembles feature rows for users and items",
    version: brigadeVersion,
    examples: ["brigade-features --listen 127.0.0.1:7200 --data data"])

  private let executor: ReadersWriter<FeatureExecutor>
  private let historyItems: Int
  private let columnNames: [String]
  /// Nil where the base log is all there is.
  private let live: LiveLog?
  private let follower: LogFollower?
  private let freshness: EventFreshness

  package init(
    _ settings: FeaturesConfiguration, in environment: ServiceEnvironment
  ) throws(StartupError) {
    historyItems = settings.historyItems
    let position = environment.metrics.gauge("brigade_features_log_position", "Events applied")
    do {
      let definition = try FeatureDefinition(loading: settings.definitionPath)
      columnNames = definition.columnNames
      let path = "\(settings.data)/catalogue.brigade"
      let built = CatalogueFreshness(path: path)
      let catalogue = try Catalogue(loading: path)
      built.show(in: environment.metrics)
      var executor = FeatureExecutor(definition: definition, catalogue: catalogue)
      var mark = LogMark()
      var newest: Int64 = 0
      var seen = SeenEvents(horizon: settings.log.horizon)
      let end = try EventLog.read("\(settings.data)/events.brigade") { event, _ in
        executor.apply(event)
        mark.advance(by: event.id)
        newest = max(newest, event.timeMilliseconds)
        if settings.isLive { seen.insert(event.id) }
      }
      environment.log.info(
        "features loaded",
        [
          "definition": "\(definition.name)/\(definition.version)",
          "schema": String(definition.fingerprint, radix: 16),
          "features": definition.features.count, "items": catalogue.items.count,
          "users": executor.usersCount, "events": executor.position, "log": "\(end)",
        ])
      position.set(Double(executor.position))
      let freshness = EventFreshness(
        "brigade_features_last_event_timestamp_seconds", newestMilliseconds: newest,
        tags: [
          ServedFeatures(schema: definition.fingerprint).tag,
          ServedFeatures.nameTag(definition.name, version: definition.version),
        ], times: built.times, in: environment)
      self.freshness = freshness
      let shared = ReadersWriter(consume executor)
      self.executor = shared
      live = try Self.openLog(settings, mark, seen, environment) { events in
        let reached = shared.write { executor in
          for event in events { executor.apply(event) }
          return executor.position
        }
        position.set(Double(reached))
        freshness.applied(events.reduce(0) { max($0, $1.timeMilliseconds) })
      }
      follower = try live.flatMap { live in
        settings.log.follow.isEmpty
          ? nil : try LogFollower(settings.log.follow, into: live, in: environment)
      }
    } catch {
      throw StartupError("\(error)")
    }
  }

  private static func openLog(
    _ settings: FeaturesConfiguration, _ base: LogMark, _ seen: consuming SeenEvents,
    _ environment: ServiceEnvironment, apply: @escaping @Sendable ([Event]) -> Void
  ) throws(LogProblem) -> LiveLog? {
    guard settings.isLive else { return nil }
    return try LiveLog(
      settings.log, folder: settings.state, base: base, seen: seen, in: environment, apply: apply)
  }

  /// Ends what runs besides the methods; for tests, as a process just ends.
  func shutDown() {
    follower?.shutDown()
    live?.shutDown()
  }

  package func methods(on loop: EventLoop) -> MethodTable {
    freshness.start(on: loop)
    var table = MethodTable()
    table.answer(.get) { (request, _) throws(RPCError) in try get(request) }
    table.answer(.assemble) { (request, _) throws(RPCError) in try assemble(request) }
    live.addMethods(to: &table)
    return table
  }

  private func get(_ request: GetRequest) throws(RPCError) -> GetResponse {
    try checkTime(request.nowMilliseconds)
    let (row, history) = executor.read { executor in
      (
        executor.userRow(
          userID: request.userID, nowMilliseconds: request.nowMilliseconds),
        executor.history(
          userID: request.userID, nowMilliseconds: request.nowMilliseconds, limit: historyItems)
      )
    }
    var response = GetResponse()
    response.known = row.known
    response.names = row.names
    response.values = row.values
    response.historyKeys = history.map(\.key)
    response.historyOrders = history.map { UInt32(clamping: $0.orders) }
    response.logPosition = row.logPosition
    return response
  }

  private func assemble(_ request: AssembleRequest) throws(RPCError) -> AssembleResponse {
    try checkTime(request.nowMilliseconds)
    guard let coordinate = Coordinate(request.place) else {
      throw .invalidArgument("place: required, latitude in -90...90 and longitude in -180...180")
    }
    let rows: AssembledRows
    do throws(AssembleError) {
      rows = try executor.read { (executor) throws(AssembleError) in
        try executor.assemble(
          userID: request.userID, nowMilliseconds: request.nowMilliseconds,
          coordinate: coordinate, keys: request.keys,
          clock: { UInt64(Instant.now().nanoseconds) })
      }
    } catch {
      throw .invalidArgument("keys: \(error)")
    }
    var response = AssembleResponse()
    response.schema = rows.fingerprint
    response.columns = UInt32(rows.columns)
    response.matrix = rows.matrix
    response.unknownItems = UInt32(rows.unknownItems)
    response.storedMicroseconds = rows.storedNanoseconds / 1_000
    response.requestMicroseconds = rows.requestNanoseconds / 1_000
    response.logPosition = rows.logPosition
    if request.names { response.names = columnNames }
    return response
  }

  private func checkTime(_ nowMilliseconds: Int64) throws(RPCError) {
    guard nowMilliseconds > 0 else {
      throw .invalidArgument("now_ms: required, Unix milliseconds")
    }
  }
}
