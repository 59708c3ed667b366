import Definitions
import Messages
import RPC
import Synchronization
import Telemetry

@testable import Commands

/// Somebody who is served all the time while others misbehave.
final class Bystander: Sendable {
  struct Observations: Sendable {
    var answered = 0
    var failures: [String] = []
    var slowestNanoseconds: Int64 = 0
  }

  private let client: Client
  private let service: ServiceKind
  private let observed = Mutex(Observations())
  private let isStopping = Atomic<Bool>(false)

  init(of replica: TestCluster.Replica, in cluster: TestCluster) async throws {
    client = try await cluster.client(replica)
    service = replica.service
  }

  var observations: Observations { observed.withLock { $0 } }

  /// Asks again and again until it is stopped.
  func watch() async {
    while !isStopping.load(ordering: .relaxed) {
      let start = Instant.now()
      let problem = await ask()
      let nanoseconds = Instant.now().nanoseconds(since: start)
      observed.withLock { observed in
        observed.answered += 1
        observed.slowestNanoseconds = max(observed.slowestNanoseconds, nanoseconds)
        if let problem { observed.failures.append(problem) }
      }
      try? await Task.sleep(for: .milliseconds(2))
    }
  }

  func stop() { isStopping.store(true, ordering: .relaxed) }

  func leave() { client.shutDown() }

  /// A typical request of the service; nil when all is well.
  private func ask() async -> String? {
    switch service {
    case .gateway:
      await problem(.rank, TestCluster.request) { $0.degraded ? "degraded: \($0.hops)" : nil }
    case .retrieval:
      await problem(.search, Self.search) { $0.keys.isEmpty ? "no candidates" : nil }
    case .features:
      await problem(.assemble, Self.assemble) { $0.matrix.isEmpty ? "no rows" : nil }
    case .inference:
      await problem(.score, Self.score) { $0.scores.count == 4 ? nil : "\($0.scores)" }
    }
  }

  private func problem<Request: Message, Response: Message>(
    _ method: Method<Request, Response>, _ request: Request, in check: (Response) -> String?
  ) async -> String? {
    switch await client.call(method, request, .within(milliseconds: 10_000)).result {
    case .success(let response): check(response)
    case .failure(let error): error.description
    }
  }

  private static var search: SearchRequest {
    var request = SearchRequest()
    request.place = SmallTown.center.place
    request.nowMilliseconds = SmallTown.nowMilliseconds
    request.limit = 50
    return request
  }

  private static var assemble: AssembleRequest {
    var request = AssembleRequest()
    request.userID = SmallTown.userIDs[1]
    request.place = SmallTown.center.place
    request.nowMilliseconds = SmallTown.nowMilliseconds
    request.keys = (0..<50).map { itemKey("item-\($0)") }
    return request
  }

  private static var score: ScoreRequest {
    var request = ScoreRequest()
    request.columns = SmallTown.featureCount
    request.matrix = [Float](repeating: 1, count: Int(request.columns) * 4)
    return request
  }
}
