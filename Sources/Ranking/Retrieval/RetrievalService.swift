internal import Definitions
internal import Events
internal import Glibc
internal import Messages
package import Node
package import RPC
internal import Storage
internal import Telemetry

/// `brigade-retrieval`: the whole catalogue in memory, a few hundred candidates out.
package final class RetrievalService: Service {
  package static let program = ProgramDescription(
    name: "brigade-retrieval", summary: "finds candidates near a place, open and fitting",
    version: brigadeVersion,
    examples: ["brigade-retrieval --listen 127.0.0.1:7100 --data data"])

  /// Searching moves the engine's clock, so that one thread at a time may; more replicas, not more
  /// threads, scale this service.
  private let engine: Guarded<RetrievalEngine>
  /// Nil where the base log is all there is.
  private let follower: LogFollower?
  private let freshness: EventFreshness

  package init(
    _ settings: RetrievalConfiguration, in environment: ServiceEnvironment
  ) throws(StartupError) {
    do {
      let path = "\(settings.data)/catalogue.brigade"
      let built = CatalogueFreshness(path: path)
      let catalogue = try Catalogue(loading: path)
      built.show(in: environment.metrics)
      var parameters = settings.parameters
      parameters.sources = try Self.sources(settings)
      let engine = RetrievalEngine(catalogue: catalogue, parameters: parameters)
      var mark = LogMark()
      var newest: Int64 = 0
      let end = try EventLog.read("\(settings.data)/events.brigade") { event, _ in
        engine.apply(event)
        mark.advance(by: event.id)
        newest = max(newest, event.timeMilliseconds)
      }
      environment.log.info(
        "catalogue loaded",
        [
          "items": catalogue.items.count, "events": engine.logPosition,
          "log": "\(end)",
        ])
      environment.metrics.gauge("brigade_retrieval_items", "Items in the catalogue")
        .set(catalogue.items.count)
      let position = environment.metrics.gauge("brigade_retrieval_log_position", "Events applied")
      position.set(Double(engine.logPosition))
      let freshness = EventFreshness(
        "brigade_retrieval_last_event_timestamp_seconds", newestMilliseconds: newest, tags: [],
        times: built.times, in: environment)
      self.freshness = freshness
      let shared = Guarded(engine)
      self.engine = shared
      let copy = MemoryLogCopy(base: mark) { events in
        let reached = shared.withLock { engine in
          for event in events { engine.apply(event) }
          return engine.logPosition
        }
        position.set(Double(reached))
        freshness.applied(events.reduce(0) { max($0, $1.timeMilliseconds) })
      }
      follower =
        settings.follow.isEmpty
        ? nil : try LogFollower(settings.follow, into: copy, in: environment)
    } catch {
      throw StartupError("\(error)")
    }
  }

  /// Ends what runs besides the methods; for tests, as a process just ends.
  func shutDown() { follower?.shutDown() }

  private static func sources(
    _ settings: RetrievalConfiguration
  ) throws(DataError) -> CandidateSources {
    let path = settings.definition.isEmpty ? "\(settings.data)/features.json" : settings.definition
    if settings.definition.isEmpty, access(path, F_OK) != 0 { return .standard }
    let bytes: [UInt8]
    do throws(DiskFile.Failure) {
      bytes = try DiskFile.read(path, limitBytes: CandidateSources.fileBytesMax)
    } catch {
      throw DataError(source: path, reason: "\(error)")
    }
    return try CandidateSources(parsing: bytes, file: path)
  }

  package func methods(on loop: EventLoop) -> MethodTable {
    freshness.start(on: loop)
    var table = MethodTable()
    table.answer(.search) { [self] (request, _) throws(RPCError) in try search(request) }
    return table
  }

  private func search(_ request: SearchRequest) throws(RPCError) -> SearchResponse {
    guard let center = Coordinate(request.place) else {
      throw .invalidArgument("place: required, latitude in -90...90 and longitude in -180...180")
    }
    guard request.nowMilliseconds > 0 else {
      throw .invalidArgument("now_ms: required, Unix milliseconds")
    }
    let filters = request.filters ?? Filters()
    if let problem = RetrievalEngine.problem(in: filters) { throw .invalidArgument(problem) }
    guard request.explainIDs.count <= FateTeller.itemsMax else {
      throw .invalidArgument(
        "explain_ids: \(request.explainIDs.count) are more than \(FateTeller.itemsMax)")
    }
    return engine.withLock { engine in
      engine.search(
        center, nowMilliseconds: request.nowMilliseconds, userID: request.userID,
        filters: filters, limit: Int(request.limit), explaining: request.explainIDs)
    }
  }
}
