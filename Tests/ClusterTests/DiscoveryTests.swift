import Glibc
import Messages
import Node
import RPC
import Telemetry
import Testing

@testable import Commands

extension RealProcesses {
  /// Replicas that are listed and no longer listed, while calls go on.
  @Suite(.serialized) struct DiscoveryTests {
    /// From a change of the file to what follows from it.
    private static let seconds = 1.0

    @Test func `a replica that is listed is called within a second, one that is not no longer`()
      async throws
    {
      let cluster = try await TestCluster(retrieval: 1, features: 1, inference: 2)
      let (a, b) = (cluster[.inference][0], cluster[.inference][1])
      try list([a], in: cluster)
      try await wait(for: "calls to the only one that is listed") {
        let count = cluster.callCount(of: b.name)
        _ = try await cluster.rank()
        return cluster.callCount(of: b.name) == count
      }
      try list([a, b], in: cluster)
      try await within("calls to the one that was added") { try await isCalled(b, in: cluster) }
      try list([b], in: cluster)
      try await within("no calls to the one that was removed") {
        try await !isCalled(a, in: cluster)
      }
      for _ in 0..<20 { #expect(try await !cluster.rank().degraded) }
      #expect(try await !isCalled(a, in: cluster))
      #expect(cluster.replicas.allSatisfy { $0.process.end == nil })
    }

    private func list(_ replicas: [TestCluster.Replica], in cluster: TestCluster) throws {
      let lines = replicas.map { $0.ready.listen + "\n" }.joined()
      try replaceFile(cluster.replicaFile(.inference), with: Array(lines.utf8))
    }

    /// Whether any of a few requests is scored there.
    private func isCalled(
      _ replica: TestCluster.Replica, in cluster: TestCluster
    ) async throws -> Bool {
      let before = cluster.callCount(of: replica.name)
      for _ in 0..<8 { _ = try await cluster.rank() }
      return cluster.callCount(of: replica.name) > before
    }

    private func within(_ what: String, _ holds: () async throws -> Bool) async throws {
      let start = Instant.now()
      try await wait(for: what, seconds: 10, until: holds)
      let seconds = Double(Instant.now().nanoseconds(since: start)) / 1e9
      print("\(what): after \(seconds) s")
      #expect(seconds < Self.seconds)
    }
  }
}
