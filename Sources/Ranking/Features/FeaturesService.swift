internal import Definitions
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

  private let executor: FeatureExecutor
  private let historyItems: Int

  package init(
    _ settings: FeaturesConfiguration, in environment: ServiceEnvironment
  ) throws(StartupError) {
    historyItems = settings.historyItems
    do {
      let definition = try FeatureDefinition(loading: settings.definitionPath)
      let catalogue = try Catalogue(loading: "\(settings.data)/catalogue.brigade")
      var executor = FeatureExecutor(definition: definition, catalogue: catalogue)
      let end = try EventLog.read("\(settings.data)/events.brigade") { event, _ in
        executor.apply(event)
      }
      self.executor = executor
      environment.log.info(
        "features loaded",
        [
          "definition": "\(definition.name)/\(definition.version)",
          "schema": String(definition.fingerprint, radix: 16),
          "features": definition.features.count, "items": catalogue.items.count,
          "users": executor.usersCount, "events": executor.position, "log": "\(end)",
        ])
      environment.metrics.gauge("brigade_features_log_position", "Events applied")
        .set(Double(executor.position))
    } catch {
      throw StartupError("\(error)")
    }
  }

  package func methods(on loop: EventLoop) -> MethodTable {
    var table = MethodTable()
    table.answer(.get) { (request, _) throws(RPCError) in try get(request) }
    table.answer(.assemble) { (request, _) throws(RPCError) in try assemble(request) }
    return table
  }

  private func get(_ request: GetRequest) throws(RPCError) -> GetResponse {
    try checkTime(request.nowMilliseconds)
    let row = executor.userRow(
      userID: request.userID, nowMilliseconds: request.nowMilliseconds)
    let history = executor.history(
      userID: request.userID, nowMilliseconds: request.nowMilliseconds, limit: historyItems)
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
      rows = try executor.assemble(
        userID: request.userID, nowMilliseconds: request.nowMilliseconds,
        coordinate: coordinate, keys: request.keys,
        clock: { UInt64(Instant.now().nanoseconds) })
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
    return response
  }

  private func checkTime(_ nowMilliseconds: Int64) throws(RPCError) {
    guard nowMilliseconds > 0 else {
      throw .invalidArgument("now_ms: required, Unix milliseconds")
    }
  }
}
