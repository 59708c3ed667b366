internal import Definitions
internal import Messages
internal import RPC
internal import Telemetry

/// Asks a running cluster and tells it of events, one after the other, as the evaluation wants it.
struct EvaluationReplay {
  /// Items of a list: all candidates that the gateway ranks, and its limit.
  static let count = 200
  /// A busy machine is slow, and slowness is not what is measured.
  private static let callMilliseconds = 10_000
  private static let visibleMilliseconds: Int64 = 10_000
  /// Of one append; the service takes 1,000.
  private static let eventsPerAppend = 500

  private struct Follower {
    let name: String
    let service: ServiceKind
    let client: Client
  }

  private let gateway: Client
  private let followers: [Follower]
  private let radiusKilometres: Double
  private let middle: Coordinate

  init(
    _ addresses: EvaluationCluster.Addresses, radiusKilometres: Double, middle: Coordinate
  ) async throws(CommandFailure) {
    self.radiusKilometres = radiusKilometres
    self.middle = middle
    gateway = try await Brigade.client("gateway", at: try Self.source(addresses.gateway))
    var followers: [Follower] = []
    for replica in addresses.stateful {
      let client = try await Brigade.client(
        replica.service.rawValue, at: try Self.source(replica.address))
      followers.append(Follower(name: replica.name, service: replica.service, client: client))
    }
    self.followers = followers
  }

  private static func source(_ address: String) throws(CommandFailure) -> ReplicaSource {
    guard let source = ReplicaSource(address) else {
      throw CommandFailure("\"\(address)\" is no address")
    }
    return source
  }

  func shutDown() {
    gateway.shutDown()
    for follower in followers { follower.client.shutDown() }
  }

  /// The whole list for a visit, at its own time.
  func rank(_ visit: Event, at place: Coordinate) async throws(CommandFailure) -> RankResponse {
    var filters = Filters()
    filters.radiusKilometres = radiusKilometres
    var request = RankRequest()
    request.userID = visit.userID
    request.place = place.place
    request.nowMilliseconds = visit.timeMilliseconds
    request.count = UInt32(Self.count)
    request.filters = filters
    return try await ask(gateway, .rank, request)
  }

  /// Returns when every replica reflects the events: the microseconds from the last acknowledgement
  /// to the answer that showed it, nil where there was nothing to append.
  func append(_ events: [Event]) async throws(CommandFailure) -> UInt64? {
    var position: UInt64 = 0
    var rest = events[...]
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      var request = AppendRequest()
      request.events = Array(rest.prefix(Self.eventsPerAppend))
      rest = rest.dropFirst(Self.eventsPerAppend)
      let response = try await ask(gateway, .append, request)
      guard !response.spooled else {
        throw CommandFailure("no writer of the log was there, and the gateway kept the event")
      }
      position = max(position, response.position)
    }
    let acknowledged = Instant.now()
    for follower in followers {
      try await wait(for: follower, toReflect: position, since: acknowledged)
    }
    return Instant.now().microseconds(since: acknowledged)
  }

  private func wait(
    for follower: Follower, toReflect position: UInt64, since start: Instant
  ) async throws(CommandFailure) {
    let deadline = start.adding(milliseconds: Self.visibleMilliseconds)
    while true {
      if try await self.position(follower) >= position { return }
      guard Instant.now() < deadline else {
        throw CommandFailure(
          "\(follower.name) does not reflect position \(position) "
            + "\(Self.visibleMilliseconds / 1_000) s after its acknowledgement")
      }
    }
  }

  private func position(_ follower: Follower) async throws(CommandFailure) -> UInt64 {
    if follower.service == .features {
      var request = GetRequest()
      request.nowMilliseconds = 1
      return try await ask(follower.client, .get, request).logPosition
    }
    var filters = Filters()
    filters.radiusKilometres = 0.001
    var request = SearchRequest()
    request.place = middle.place
    request.nowMilliseconds = 1
    request.filters = filters
    request.limit = 1
    return try await ask(follower.client, .search, request).logPosition
  }

  private func ask<Request, Response>(
    _ client: Client, _ method: Method<Request, Response>, _ request: Request
  ) async throws(CommandFailure) -> Response {
    let outcome = await client.call(
      method, request, .within(milliseconds: Self.callMilliseconds))
    switch outcome.result {
    case .success(let response): return response
    case .failure(let error): throw CommandFailure(error)
    }
  }
}
