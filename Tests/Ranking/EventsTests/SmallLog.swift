import Events
import Messages
import Node
import RPC
import ServingSupport
import Telemetry
import TestSupport

/// A live log behind an empty base, served at a port, and the events that it has applied.
final class SmallLog: Sendable {
  let log: LiveLog
  let caller: TestCaller
  let address: Address
  private let served: ServedMethods
  private let applied: AppliedEvents

  init(
    _ folder: String, name: String = "one", base: LogMark = LogMark(), isFounder: Bool = true,
    flags: [String] = []
  ) async throws {
    let settings = try TestSettings.read(
      LogSettings.self, (isFounder ? ["--writer"] : []) + flags)
    let applied = AppliedEvents()
    self.applied = applied
    let log = try LiveLog(
      settings, folder: folder, base: base, seen: SeenEvents(horizon: settings.horizon),
      in: .ofTest(replica: name), apply: { applied.append($0) })
    self.log = log
    served = try ServedMethods(name) { _ in
      var table = MethodTable()
      LiveLog?.some(log).addMethods(to: &table)
      return table
    }
    address = served.address
    caller = try await TestCaller(served.address)
  }

  var appliedIDs: [String] { applied.ids }

  static func events(_ ids: [String]) -> [Event] {
    ids.map { id in
      var event = Event()
      event.id = id
      event.kind = .order
      event.timeMilliseconds = 1_700_000_000_000
      event.userID = "u"
      event.itemID = "i"
      return event
    }
  }

  func append(_ ids: String...) async throws -> AppendResponse {
    try await caller.answer(.append, Self.request(ids))
  }

  static func request(_ ids: [String]) -> AppendRequest {
    var request = AppendRequest()
    request.events = events(ids)
    return request
  }

  func follow(
    after: UInt64, _ change: (inout FollowRequest) -> Void = { _ in }
  ) async throws -> FollowResponse {
    var request = FollowRequest()
    request.after = after
    change(&request)
    return try await caller.answer(.follow, request)
  }

  func promote(_ epoch: UInt64, force: Bool = false) async -> CallOutcome<PromoteResponse> {
    var request = PromoteRequest()
    request.epoch = epoch
    request.force = force
    return await caller.outcome(.promote, request)
  }
}

/// What a log has handed to its service.
private final class AppliedEvents: Sendable {
  private let state = Guarded<[String]>([])
  var ids: [String] { state.withLock { $0 } }
  func append(_ events: [Event]) { state.withLock { $0 += events.map(\.id) } }
}

/// Looks every few milliseconds until it holds; false when it does not in time.
func eventually(_ condition: () async throws -> Bool) async rethrows -> Bool {
  let deadline = Instant.now().adding(milliseconds: Patience.milliseconds)
  while try await !condition() {
    guard Instant.now() < deadline else { return false }
    try? await Task.sleep(for: .milliseconds(2))
  }
  return true
}

/// The Events methods of a replica that keeps no log.
struct ServedWithoutLog {
  private let served: ServedMethods

  init() throws {
    served = try ServedMethods("none") { _ in
      var table = MethodTable()
      LiveLog?.none.addMethods(to: &table)
      return table
    }
  }

  func caller() async throws -> TestCaller { try await TestCaller(served.address) }
}
