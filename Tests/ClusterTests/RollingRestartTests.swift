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
      // Each process takes about a second to drain and start; the load must outlast all eight.
      let load = try await LoadRun.start(cluster, rate: 100, seconds: 14, answersBefore: 20)
      for service in [ServiceKind.retrieval, .features, .inference, .gateway] {
        for replica in cluster[service] {
          replica.process.send(SIGTERM)
          let end = try await replica.process.waitForEnd()
          #expect(end == .exit(0), "\(replica.process.tail)")
          #expect(replica.process.errorOutput.contains("msg=draining signal=SIGTERM"))
          try await cluster.restart(replica.name)
        }
        // The new ones serve before the next service goes.
        try await wait(for: "whole answers after \(service)") { try await !cluster.rank().degraded }
        if service != .gateway { #expect(!load.isOver) }
      }
      let figures = try await load.figures()
      print("rolling restart of everything: \(figures)")
      #expect(figures.failed == 0, "\(figures)")
      #expect(figures.ok + figures.degraded == figures.sent)
      #expect(figures.degradedShare < 0.01, "\(figures)")
    }
  }
}
