import Messages
import RPC
import Telemetry
import TestSupport
import Testing

@testable import Gateway

/// A gateway whose process ends with something in its spool.
@Suite struct ServedSpoolFinishTests {
  private static let waiting = "brigade_gateway_spool_waiting_decisions"
  private static let failures = "brigade_gateway_spool_forward_failures_total"
  /// More than any machine needs.
  private static let patienceMilliseconds: Int64 = Patience.milliseconds
  private static let noWriter: FakeAnswers.Answer<AppendRequest, AppendResponse> = {
    (_, _) async throws(RPCError) in
    throw RPCError(.unavailable, "not the writer", advice: .notStarted)
  }

  private func ids(_ gateway: RunningGateway) -> [String] {
    gateway.services.appends.flatMap { $0.map(\.id) }
  }

  /// The pauses between attempts have grown by then.
  private func failSomeTimes(_ gateway: RunningGateway) async throws {
    for _ in 0..<4_000 {
      if let count = gateway.metric(Self.failures).flatMap(Int.init), count >= 4 { return }
      try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("the spool was not forwarded in vain")
  }

  @Test func `what is there gets to the log before the process ends`() async throws {
    let gateway = try await RunningGateway(spooling: true)
    _ = try await gateway.rank { $0.requestID = "one" }
    _ = try await gateway.rank { $0.requestID = "two" }
    gateway.finish(withinMilliseconds: Self.patienceMilliseconds)
    #expect(ids(gateway) == ["one", "two"].flatMap { id in (1...5).map { "\(id)/\($0)" } })
    #expect(gateway.metric(Self.waiting) == "0")
  }

  @Test func `a writer that is back gets it at once, whatever the pause after failures`()
    async throws
  {
    let gateway = try await RunningGateway(spooling: true, left: [Samples.append("a")]) {
      $0.append = Self.noWriter
    }
    try await failSomeTimes(gateway)
    gateway.services.change { $0.append = { request, _ in FakeAnswers.appended(request) } }
    gateway.finish(withinMilliseconds: Self.patienceMilliseconds)
    #expect(ids(gateway) == ["a"])
    #expect(gateway.metric(Self.waiting) == "0")
  }

  @Test func `without a writer it ends in time, and everything stays on disk`() async throws {
    let gateway = try await RunningGateway(spooling: true) { $0.append = Self.noWriter }
    _ = try await gateway.rank { $0.requestID = "one" }
    let start = Instant.now()
    gateway.finish(withinMilliseconds: 600)
    #expect(Instant.now() >= start.adding(milliseconds: 600))
    #expect(gateway.metric(Self.waiting) == "1")
    #expect(try gateway.spooled.map { $0.events.map(\.id) } == [(1...5).map { "one/\($0)" }])
    // It went on trying.
    #expect(gateway.metric(Self.failures).flatMap(Int.init) ?? 0 >= 2)
  }

  @Test func `an empty spool ends at once`() async throws {
    let gateway = try await RunningGateway(spooling: true)
    let start = Instant.now()
    gateway.finish(withinMilliseconds: Self.patienceMilliseconds)
    #expect(Instant.now() < start.adding(milliseconds: Self.patienceMilliseconds))
    #expect(gateway.services.appends.isEmpty)
  }

  @Test func `a spool that nobody forwards is left as it is`() throws {
    let folder = TemporaryFolder()
    let spool = try ServedSpool(
      path: folder.file("spool"), bytesMax: 1 << 20, log: Log(sink: { _ in true }),
      metrics: MetricsRegistry())
    #expect(try spool.finish(before: .distantFuture) == 0)
    var item = RankedItem()
    item.id = "a"
    spool.keep(try Samples.question(), [item])
    #expect(try spool.finish(before: .distantFuture) == 1)
  }
}
