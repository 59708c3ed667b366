import Definitions
import Glibc
import Messages
import RPC
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// Whoever is killed, what a client was shown is in the log, and is there once.
  @Suite(.serialized) struct SpoolTests {
    @Test func `a killed writer loses nothing of what was answered meanwhile`() async throws {
      let cluster = try await TestCluster()
      let viewers = try await Viewers(of: cluster)
      try await viewers.watch { seen in
        try await wait(for: "answers") { seen() >= 100 }
        let writer = try #require(cluster[.features].first).process
        writer.send(SIGKILL)
        #expect(try await writer.waitForEnd() == .signal(SIGKILL))
        let before = seen()
        try await wait(for: "answers without a writer") { seen() >= before + 100 }
        try await cluster.restart("features-1")
        let after = seen()
        try await wait(for: "answers with the new writer") { seen() >= after + 100 }
      }
      print("kill -9 of the writer: \(viewers.shown.count) answers, \(viewers.failures) failed")
      #expect(viewers.failures == 0)
      try await expectOnce(viewers.shown, cluster)
    }

    @Test func `a killed gateway loses nothing of what it had answered`() async throws {
      let cluster = try await TestCluster()
      let viewers = try await Viewers(of: cluster)
      try await viewers.watch { seen in
        try await wait(for: "answers") { seen() >= 100 }
        let gateway = try #require(cluster[.gateway].first).process
        gateway.send(SIGKILL)
        #expect(try await gateway.waitForEnd() == .signal(SIGKILL))
        try await cluster.restart("gateway-1")
        let after = seen()
        try await wait(for: "answers of the new gateway") { seen() >= after + 100 }
      }
      print("kill -9 of the gateway: \(viewers.shown.count) answers, \(viewers.failures) failed")
      try await expectOnce(viewers.shown, cluster)
    }

    @Test func `a drained gateway leaves nothing behind`() async throws {
      let cluster = try await TestCluster()
      let viewers = try await Viewers(of: cluster)
      let gateway = try #require(cluster[.gateway].first).process
      try await viewers.watch { seen in
        try await wait(for: "answers") { seen() >= 200 }
        gateway.send(SIGTERM)
        #expect(try await gateway.waitForEnd() == .exit(0))
      }
      #expect(gateway.errorOutput.contains("msg=\"spool left\" decisions=0"), "\(gateway.tail)")
      print("SIGTERM of the gateway: \(viewers.shown.count) answers, all of them in the log")
      try expectOnceInLog(viewers.shown, cluster)
    }

    @Test func `a gateway that is drained without a writer keeps all for its next start`()
      async throws
    {
      let cluster = try await TestCluster(gatewayFlags: ["--drain-ms", "1500"])
      let viewers = try await Viewers(of: cluster)
      try await viewers.watch { seen in
        try await wait(for: "answers") { seen() >= 100 }
        for replica in cluster[.features] {
          replica.process.send(SIGKILL)
          #expect(try await replica.process.waitForEnd() == .signal(SIGKILL))
        }
        let before = seen()
        try await wait(for: "answers without a writer") { seen() >= before + 100 }
        let gateway = try #require(cluster[.gateway].first).process
        gateway.send(SIGTERM)
        #expect(try await gateway.waitForEnd() == .exit(0))
        let log = gateway.errorOutput
        #expect(log.contains("msg=\"spool left\""), "\(gateway.tail)")
        #expect(!log.contains("msg=\"spool left\" decisions=0"), "\(gateway.tail)")
      }
      for name in ["features-1", "features-2", "gateway-1"] { try await cluster.restart(name) }
      try await expectOnce(viewers.shown, cluster)
    }

    /// Waits until the spool is forwarded, and compares the writer's log with what was shown.
    private func expectOnce(_ shown: [String: Int], _ cluster: TestCluster) async throws {
      #expect(shown.count >= 200)
      let gateway = try #require(cluster[.gateway].first)
      try await wait(for: "an empty spool; \(gateway.process.tail)", seconds: 30) {
        cluster.metric("brigade_gateway_spool_waiting_decisions", of: gateway) == 0
      }
      #expect(cluster.metric("brigade_gateway_spool_dropped_events_total", of: gateway) == 0)
      try expectOnceInLog(shown, cluster)
    }

    private func expectOnceInLog(_ shown: [String: Int], _ cluster: TestCluster) throws {
      var impressions: [String: Int] = [:]
      var ids: Set<String> = []
      var repeated: [String] = []
      try EventLog.read(cluster.folder.file("features-1.state/events.brigade")) { event, _ in
        guard event.kind == .impression else { return }
        impressions[event.requestID, default: 0] += 1
        if !ids.insert(event.id).inserted { repeated.append(event.id) }
      }
      #expect(repeated.isEmpty, "\(repeated.prefix(10))")
      let wrong = shown.filter { impressions[$0.key, default: 0] != $0.value }
      #expect(wrong.isEmpty, "\(wrong.count) of \(shown.count), such as \(wrong.prefix(3))")
    }
  }
}
