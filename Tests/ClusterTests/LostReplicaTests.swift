import Glibc
import Messages
import Testing

@testable import Commands

extension RealProcesses {
  /// One replica or one gateway is lost while 200 requests a second come in.
  @Suite(.serialized) struct LostReplicaTests {
    @Test(arguments: RealProcesses.covered)
    func `a killed replica fails nothing and degrades less than one in a hundred`(
      service: ServiceKind
    ) async throws {
      let cluster = try await TestCluster(times: .shipped)
      let stalls = StallWatch()
      let load = try await LoadRun.start(cluster)
      let victim = cluster.busiest(service).process
      victim.send(SIGKILL)
      #expect(try await victim.waitForEnd() == .signal(SIGKILL))
      #expect(!load.isOver)
      let figures = try await load.figures()
      print("kill -9 of one \(service): \(figures), \(stalls)")
      #expect(figures.failed == 0, "\(figures)")
      #expect(figures.sent == 500)
      #expect(figures.degraded < 5 + stalls.requests(perSecond: 200), "\(figures), \(stalls)")
      #expect(figures.end == .exit(0))
    }

    @Test(arguments: RealProcesses.covered)
    func `a stopped replica fails nothing and the tail stays inside the budget`(
      service: ServiceKind
    ) async throws {
      let cluster = try await TestCluster(times: .shipped)
      let stalls = StallWatch()
      let load = try await LoadRun.start(cluster)
      let stopped = cluster.busiest(service)
      let victim = stopped.process
      victim.send(SIGSTOP)
      let figures = try await load.figures()
      #expect(victim.end == nil)
      print("kill -STOP of one \(service): \(figures), \(stalls)")
      #expect(figures.failed == 0, "\(figures)")
      #expect(figures.p99Milliseconds < 200 + stalls.milliseconds, "\(figures), \(stalls)")
      victim.send(SIGCONT)
      // It has to take calls again, not only to be there.
      let name = stopped.name
      let before = cluster.callCount(of: name)
      // Its failures are held against it for some ten seconds.
      try await wait(for: "calls to the continued replica", seconds: 30) {
        _ = try await cluster.rank()
        return cluster.callCount(of: name) > before
      }
      try await wait(for: "whole answers again") { try await !cluster.rank().degraded }
    }

    @Test func `one of two gateways killed fails nothing for those who know both`() async throws {
      let cluster = try await TestCluster(gateways: 2, times: .shipped)
      let stalls = StallWatch()
      let load = try await LoadRun.start(cluster)
      let victim = cluster[.gateway][0].process
      victim.send(SIGKILL)
      #expect(try await victim.waitForEnd() == .signal(SIGKILL))
      let figures = try await load.figures()
      print("kill -9 of one of two gateways: \(figures), \(stalls)")
      #expect(figures.failed == 0, "\(figures)")
      #expect(figures.ok + figures.degraded == 500)
      #expect(figures.degraded < 5 + stalls.requests(perSecond: 200), "\(figures), \(stalls)")
    }
  }
}
