import Glibc
import Testing

@testable import Commands

extension RealProcesses {
  /// Two versions of the executables side by side; `deploy/upgrade` builds the previous one.
  @Suite(.serialized) struct UpgradeTests {
    private static let previousFolder = getenv("BRIGADE_PREVIOUS").map { String(cString: $0) }
    private static let services: [ServiceKind] = [.retrieval, .features, .inference, .gateway]

    /// Every combination of versions that a rollout can meet is passed through twice: old services
    /// under new gateways on the way back, new services under old gateways on the way forth.
    @Test(.enabled(if: previousFolder != nil, "deploy/upgrade builds the version to come from"))
    func `each service is rolled back and forth between two versions, and nothing fails`()
      async throws
    {
      let previous = try #require(Self.previousFolder)
      // The previous version may lack the settings of other times.
      let cluster = try await TestCluster(gateways: 2, times: .shipped)
      // Twice as long as the rolling takes on a machine that does nothing else.
      let load = try await LoadRun.start(
        cluster, rate: 100, seconds: 90, answersBefore: 20, followsList: true)
      func roll(_ service: ServiceKind, to folder: String?) async throws {
        try await self.roll(cluster, service, to: folder)
        try #require(!load.isOver, "the load was over before \(service) had been rolled")
      }
      // Gateways last in one direction and first in the other, so that each version's gateways
      // have met each version's services.
      for service in Self.services { try await roll(service, to: previous) }
      for service in Self.services { try await roll(service, to: nil) }
      for service in Self.services.reversed() { try await roll(service, to: previous) }
      for service in Self.services.reversed() { try await roll(service, to: nil) }
      let figures = try await load.figures()
      print("upgrades and downgrades: \(figures)")
      #expect(figures.failed == 0, "\(figures)")
      #expect(figures.sent == 9_000)
      #expect(figures.degradedShare < 0.01, "\(figures)")
    }

    private func roll(
      _ cluster: TestCluster, _ service: ServiceKind, to folder: String?
    ) async throws {
      for replica in cluster[service] {
        replica.process.send(SIGTERM)
        let end = try await replica.process.waitForEnd()
        #expect(end == .exit(0), "\(replica.process.tail)")
        try await cluster.restart(replica.name, from: folder)
      }
      for replica in cluster[service] {
        try await wait(for: "work for \(replica.name) of \(folder ?? "this version")") {
          cluster.callCount(of: replica.name) > 0
        }
      }
    }
  }
}
