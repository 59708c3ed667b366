internal import Telemetry
internal import TestSupport
import Testing

@testable internal import RPC

/// Second copies of late calls between real sockets.
struct HedgedCallTests {
  private static let hedged = TestMethod("test.v1.Test/Hedged", .pure, isHedged: true)

  private struct Pair {
    let replicas: [TestReplica]
    let client: Client
    /// Handlers begun, and handlers that saw their caller leave, by a request that asks to stall.
    let stalled: Count
    let left: Count
  }

  /// Two replicas that answer at once; a request for "stall" is held by the first that gets it until
  /// its caller leaves.
  private func pair(sharePermille: Int64 = 1_000) async throws -> Pair {
    let (stalled, left) = (Count(), Count())
    let replicas = try ["a", "b"].map { name in
      try TestReplica(name) {
        $0.answer(
          Self.hedged,
          waiting: { (request, call) async throws(RPCError) in
            if request.service.hasPrefix("stall"), call.attempt == 1 {
              stalled.add()
              await untilCancelled(call)
              left.add()
            }
            return request
          })
      }
    }
    var routing = RoutingSettings()
    routing.hedging.sharePermille = sharePermille
    let client = try await Client(
      "test", at: .list(replicas.map(\.address)),
      identity: Identity(replica: "caller", software: "test"), routing: routing)
    return Pair(replicas: replicas, client: client, stalled: stalled, left: left)
  }

  private func end(_ pair: Pair) {
    pair.client.shutDown()
    for replica in pair.replicas { replica.kill() }
  }

  /// Enough answers for a delay to be known from, of both replicas.
  private func learn(_ pair: Pair) async {
    var seen: Set<String> = []
    for count in 0..<5_000 {
      let outcome = await pair.client.echo("usual", Self.hedged)
      if outcome.code == .ok { seen.insert(outcome.replica) }
      if seen.count == 2, count > 300 { return }
    }
    Issue.record("only \(seen) answered")
  }

  @Test func `a late call is answered by another replica, and the first one's handler is told`()
    async throws
  {
    let pair = try await pair()
    await learn(pair)
    let outcome = await pair.client.echo("stall", Self.hedged)
    #expect(outcome.code == .ok)
    #expect(outcome.report.attempts.map(\.code) == [.cancelled, .ok])
    #expect(outcome.report.attempts.map(\.number) == [1, 2])
    #expect(outcome.report.attempts.map(\.isHedge) == [false, true])
    #expect(outcome.report.attempts.map(\.replica).sorted() == ["a", "b"])
    #expect(pair.stalled.value == 1)
    let deadline = Instant.now().adding(milliseconds: Patience.milliseconds)
    while pair.left.value == 0, Instant.now() < deadline {
      for replica in pair.replicas { await replica.loop.turn() }
    }
    #expect(pair.left.value == 1, "the loser's handler was not told")
    end(pair)
  }

  @Test func `without hedges a late call waits for its deadline`() async throws {
    let pair = try await pair(sharePermille: 0)
    await learn(pair)
    let outcome = await pair.client.echo("stall", Self.hedged, milliseconds: 150)
    #expect(outcome.code == .deadlineExceeded)
    #expect(outcome.report.attempts.count == 1)
    end(pair)
  }

  @Test func `a caller whose task is cancelled is seen to leave`() async throws {
    let pair = try await pair(sharePermille: 0)
    await learn(pair)
    let task = Task { await pair.client.echo("stall", Self.hedged) }
    let deadline = Instant.now().adding(milliseconds: Patience.milliseconds)
    while pair.stalled.value == 0, Instant.now() < deadline { await Task.yield() }
    task.cancel()
    #expect(await task.value.code == .cancelled)
    while pair.left.value == 0, Instant.now() < deadline {
      for replica in pair.replicas { await replica.loop.turn() }
    }
    #expect(pair.left.value == 1)
    let early = Task { await pair.client.echo("usual", Self.hedged) }
    early.cancel()
    #expect([.ok, .cancelled].contains(await early.value.code))
    end(pair)
  }
}
