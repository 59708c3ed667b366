import Messages
import RPC
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// A gateway with a spool before a log that takes what it is given, or does not.
@Suite struct SpoolForwarderTests {
  private static let forwarded = "brigade_gateway_spool_forwarded_events_total"
  private static let refused =
    "brigade_gateway_spool_dropped_events_total{reason=\"refused\"}"

  /// Appends reach the log in the background: waits for what is to come of them.
  private func wait(_ what: String, until condition: () throws -> Bool) async throws {
    for _ in 0..<4_000 {
      if try condition() { return }
      try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("not in time: \(what)")
  }

  private func ids(_ gateway: RunningGateway) -> [String] {
    gateway.services.appends.flatMap { $0.map(\.id) }
  }

  @Test func `what was answered gets to the log`() async throws {
    let gateway = try await RunningGateway(spooling: true)
    _ = try await gateway.rank { $0.requestID = "one" }
    _ = try await gateway.rank { $0.requestID = "two" }
    try await wait("ten impressions") { gateway.metric(Self.forwarded) == "10" }
    #expect(ids(gateway) == ["one", "two"].flatMap { id in (1...5).map { "\(id)/\($0)" } })
    try await wait("nothing left") {
      gateway.metric("brigade_gateway_spool_waiting_decisions") == "0"
    }
    #expect(gateway.metric("brigade_gateway_spool_oldest_age_seconds") == "0")
  }

  @Test func `what an earlier run left is forwarded without a request, in batches`() async throws {
    let left = (0..<500).map { Samples.append("\($0)/1", "\($0)/2", "\($0)/3") }
    let gateway = try await RunningGateway(spooling: true, left: left)
    try await wait("all of it") { gateway.metric(Self.forwarded) == "1500" }
    #expect(ids(gateway) == left.flatMap { $0.events.map(\.id) })
    #expect(gateway.services.appends.allSatisfy { $0.count <= 1_000 })
    #expect(gateway.services.appends.count <= 3)
  }

  @Test func `without a writer it tries again until there is one, and loses nothing`() async throws
  {
    let failuresLeft = Mutex(3)
    let gateway = try await RunningGateway(spooling: true, left: [Samples.append("a")]) {
      $0.append = { (request, _) async throws(RPCError) in
        let fails = failuresLeft.withLock { left in
          left -= 1
          return left >= 0
        }
        if fails { throw RPCError(.unavailable, "no writer", advice: .notStarted) }
        return FakeAnswers.appended(request)
      }
    }
    try await wait("the event") { gateway.metric(Self.forwarded) == "1" }
    #expect(ids(gateway) == ["a"])
    #expect(gateway.metric("brigade_gateway_spool_forward_failures_total") == "3")
  }

  @Test func `one decision that the log refuses is dropped, and the others get there once`()
    async throws
  {
    let left = (0..<20).map { Samples.append("\($0)") }
    let gateway = try await RunningGateway(spooling: true, left: left) {
      $0.append = { (request, _) async throws(RPCError) in
        if request.events.contains(where: { $0.id == "7" }) {
          throw .invalidArgument("events: odd")
        }
        return FakeAnswers.appended(request)
      }
    }
    try await wait("the others") { gateway.metric(Self.forwarded) == "19" }
    #expect(ids(gateway) == (0..<20).filter { $0 != 7 }.map(String.init))
    #expect(gateway.metric(Self.refused) == "1")
  }
}
