import Glibc
import Messages
import Testing

@testable import Commands

extension RealProcesses {
  @Suite(.serialized) struct RollingRestartTests {
    @Test func `every process is drained and started anew under load, and nothing fails`()
      async throws
    {
      let cluster = try await TestCluster(gateways: 2)
      // Not for a fixed time, as nobody knows how long a busy machine takes for all of it.
      let viewers = try await Viewers(of: cluster, pauseMilliseconds: 15)
      try await viewers.watch { seen in
        try await wait(for: "answers under load") { seen() >= 20 }
        try await restartAll(cluster)
        for replica in cluster.replicas {
          try await wait(for: "work for the new \(replica.name)") {
            cluster.callCount(of: replica.name) > 0
          }
        }
      }
      let count = viewers.shown.count
      print("rolling restart of everything: \(count) answers, \(viewers.degraded) degraded")
      #expect(viewers.failures == 0, "\(viewers.reasons)")
      #expect(viewers.shown.values.allSatisfy { $0 == 20 })
      #expect(Double(viewers.degraded) < 0.01 * Double(count), "\(viewers.rungs)")
    }

    private func restartAll(_ cluster: TestCluster) async throws {
      for service in [ServiceKind.retrieval, .features, .inference, .gateway] {
        for replica in cluster[service] {
          replica.process.send(SIGTERM)
          let end = try await replica.process.waitForEnd()
          #expect(end == .exit(0), "\(replica.process.tail)")
          let log = replica.process.errorOutput
          #expect(log.contains("msg=\"draining\" signal=SIGTERM"), "\(log)")
          #expect(log.contains("msg=\"stopped\" connections_left=0"), "\(log)")
          // The next one goes as soon as this one is ready and listed; no client has to have
          // connected to it by then.
          try await cluster.restart(replica.name)
        }
      }
    }
  }
}
