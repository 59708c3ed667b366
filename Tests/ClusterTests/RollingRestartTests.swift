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
      // Each process takes a tenth of a second to drain, start and be found, and on a machine that is
      // busy four times as long; the load outlasts all eight.
      let load = try await LoadRun.start(
        cluster, rate: 200, seconds: 5, answersBefore: 20, followsList: true)
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
      for replica in cluster.replicas {
        try await wait(for: "work for the new \(replica.name)") {
          cluster.callCount(of: replica.name) > 0
        }
      }
      #expect(!load.isOver)
      let figures = try await load.figures()
      print("rolling restart of everything: \(figures)")
      #expect(figures.failed == 0, "\(figures)")
      #expect(figures.sent == 1_000)
      #expect(figures.degradedShare < 0.01, "\(figures)")
    }
  }
}
