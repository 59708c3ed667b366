import Glibc
import Messages
import Node
import RPC
import Synchronization
import Telemetry

@testable import Commands

/// People who ask one after the other, and remember what they were shown.
final class Viewers: Sendable {
  private static let count = 4

  private struct Seen: Sendable {
    var shown: [String: Int] = [:]
    var degraded = 0
    var failures = 0
    var reasons: Set<String> = []
    var rungs: Set<String> = []
  }

  private let client: Client
  private let pauseMilliseconds: Int
  private let seen = Mutex(Seen())
  private let isStopping = Atomic<Bool>(false)

  /// - Parameter knowsAll: of all gateways from the start, instead of watching the list of those that
  ///   run.
  /// - Parameter pauseMilliseconds: that each of the four makes after an answer; as many a second as
  ///   a small shop has.
  init(
    of cluster: TestCluster, knowsAll: Bool = false, pauseMilliseconds: Int = 5
  ) async throws {
    self.pauseMilliseconds = pauseMilliseconds
    let addresses = cluster[.gateway].compactMap { Address($0.ready.listen) }
    client = try await Client(
      "gateway", at: knowsAll ? .list(addresses) : .file(cluster.replicaFile(.gateway)),
      identity: Identity(replica: "test", software: "test"))
  }

  deinit { client.shutDown() }

  /// Items by the request that they answered.
  var shown: [String: Int] { seen.withLock { $0.shown } }
  var degraded: Int { seen.withLock { $0.degraded } }
  var failures: Int { seen.withLock { $0.failures } }
  /// Different ones, for the message of a failed test.
  var reasons: [String] { seen.withLock { $0.reasons.sorted() } }

  /// That gave a hop's result in the place of its first replica.
  var rungs: [String] { seen.withLock { $0.rungs.sorted() } }

  /// Asks for as long as `body` runs, which is given how many answers there were so far.
  func watch(_ body: (_ seen: () -> Int) async throws -> Void) async throws {
    let asking = (0..<Self.count).map { viewer in Task { await ask(viewer) } }
    let result: Result<Void, any Error>
    do { result = .success(try await body { self.shown.count }) } catch { result = .failure(error) }
    isStopping.store(true, ordering: .relaxed)
    for task in asking { await task.value }
    try result.get()
  }

  private func ask(_ viewer: Int) async {
    var number = 0
    while !isStopping.load(ordering: .relaxed) {
      number += 1
      var request = TestCluster.request
      request.requestID = "viewer-\(viewer)-\(number)"
      let end = await client.call(.rank, request, .within(milliseconds: 2_000))
      seen.withLock { seen in
        switch end.result {
        case .success(let response):
          seen.shown[request.requestID] = response.items.count
          if response.degraded { seen.degraded += 1 }
          for hop in response.hops where hop.rung != .primary {
            seen.rungs.insert("\(hop.method): \(hop.rung)")
          }
        case .failure(let error):
          seen.failures += 1
          seen.reasons.insert(error.message)
        }
      }
      // Also so that nobody hammers at a gateway that is away.
      try? await Task.sleep(for: .milliseconds(pauseMilliseconds))
    }
  }
}
