import Glibc
import Messages
import RPC
import Telemetry
import Testing

@testable import Commands

extension RealProcesses {
  /// All replicas of a service are lost, or all hang.
  @Suite(.serialized) struct LostServiceTests {
    /// The time that the gateway plans a request with.
    private static let budgetMilliseconds = 200

    @Test(arguments: RealProcesses.covered)
    func `with a service dead every answer comes and names its rung`(
      service: ServiceKind
    ) async throws {
      let cluster = try await TestCluster()
      for replica in cluster[service] {
        replica.process.send(SIGKILL)
        #expect(try await replica.process.waitForEnd() == .signal(SIGKILL))
      }
      try await wait(for: "a degraded answer") { try await cluster.rank().degraded }
      let load = try await LoadRun.start(cluster, seconds: 2)
      let figures = try await load.figures()
      print("all of \(service) dead: \(figures)")
      #expect(figures.failed == 0, "\(figures)")
      #expect(figures.degraded == figures.sent, "\(figures)")
      #expect(figures.sent == 400)

      let answer = try await cluster.rank()
      #expect(answer.items.count == 20)
      let hop = try #require(answer.hops.first { $0.method == Self.method(service) })
      #expect(Self.rungs(service).contains(hop.rung), "\(hop.rung)")
      #expect(!hop.why.isEmpty)
      #expect(hop.replica.isEmpty)

      for replica in cluster[service] { try await cluster.restart(replica.name) }
      // Whole before that, too, while a replica that just came is slow with its first answers.
      try await wait(for: "whole answers again, of first attempts") {
        let whole = try await cluster.rank()
        return !whole.degraded && whole.model == "browse/1"
          && whole.hops.allSatisfy { $0.why.isEmpty }
      }
    }

    @Test(arguments: RealProcesses.covered)
    func `a service that hangs uses up its budget and no more`(
      service: ServiceKind
    ) async throws {
      try await hang([service], in: try await cluster(hanging: service))
    }

    @Test func `when everything hangs the answer still leaves in time`() async throws {
      let cluster = try await TestCluster(times: .shipped)
      try await hang(RealProcesses.covered, in: cluster)
    }

    /// Those that don't hang have nearly all of the time, so that they don't seem to.
    private func cluster(hanging service: ServiceKind) async throws -> TestCluster {
      let others = RealProcesses.covered.filter { $0 != service }
      return try await TestCluster(
        gatewayFlags: others.flatMap { ["--\($0.rawValue).budget-ms", "150"] }, times: .shipped)
    }

    /// Stops all replicas, and asks until the gateway has noticed and beyond.
    private func hang(_ services: [ServiceKind], in cluster: TestCluster) async throws {
      let client = try await cluster.client(cluster[.gateway][0])
      defer { client.shutDown() }
      // Connected before the clock matters.
      try await wait(for: "a whole answer by way of this client") {
        try await !client.call(.rank, TestCluster.request, .within(milliseconds: 2_000))
          .result.get().degraded
      }
      for service in services {
        for replica in cluster[service] { replica.process.send(SIGSTOP) }
      }
      for replica in services.flatMap({ cluster[$0] }) {
        try await wait(for: "\(replica.name) to stand still") { replica.process.isStopped }
      }
      let stalls = StallWatch()
      var slowest: Int64 = 0
      let until = Instant.now().adding(milliseconds: 3_500)
      var count = 0
      while Instant.now() < until {
        let start = Instant.now()
        let answer = try await client.call(
          .rank, TestCluster.request, .within(milliseconds: TestCluster.patienceMilliseconds)
        ).result.get()
        slowest = max(slowest, Instant.now().nanoseconds(since: start))
        count += 1
        #expect(answer.degraded)
        #expect(!answer.items.isEmpty)
        for service in services where service != .inference || services.count == 1 {
          let hop = try #require(answer.hops.first { $0.method == Self.method(service) })
          #expect(Self.rungs(service).contains(hop.rung), "\(hop.rung): \(hop.why)")
        }
      }
      print(
        "hang of \(services.map(\.rawValue)): \(count) answers, slowest \(Double(slowest) / 1e6) ms"
      )
      #expect(count > 10)
      #expect(
        Double(slowest) / 1e6 < Double(Self.budgetMilliseconds) + stalls.milliseconds, "\(stalls)")
      for service in services {
        for replica in cluster[service] { replica.process.send(SIGCONT) }
      }
      try await wait(for: "whole answers again", seconds: 30) {
        try await !cluster.rank().degraded
      }
    }

    private static func method(_ service: ServiceKind) -> String {
      switch service {
      case .retrieval: "brigade.v1.Retrieval/Search"
      case .features: "brigade.v1.Features/Assemble"
      case .inference: "brigade.v1.Inference/Score"
      case .gateway: "brigade.v1.Gateway/Rank"
      }
    }

    private static func rungs(_ service: ServiceKind) -> [Rung] {
      service == .retrieval ? [.lastGood, .popular] : [.lightModel]
    }
  }
}
