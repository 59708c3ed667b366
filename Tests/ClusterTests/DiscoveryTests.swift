import Messages
import Node
import RPC
import ServingSupport
import Telemetry
import Testing

@testable import Commands

extension RealProcesses {
  /// Replicas that are listed and no longer listed, while a gateway runs.
  @Suite(.serialized) struct DiscoveryTests {
    /// From a change of the file to the connection that follows from it, or its end.
    private static let seconds = 1.0

    @Test func `a replica that is listed or no longer listed is taken or left within a second`()
      async throws
    {
      let cluster = try await TestCluster(retrieval: 1, features: 1, inference: 2)
      let proxies = try cluster[.inference].map {
        try FaultProxy(to: try #require(Address($0.ready.listen)))
      }
      try list([proxies[0]], in: cluster)
      try await within("the first is connected to") { proxies[0].connectionCount == 1 }
      try list(proxies, in: cluster)
      try await within("the added one is connected to") { proxies[1].connectionCount == 1 }
      try list([proxies[1]], in: cluster)
      try await within("the removed one is left") { proxies[0].connectionCount == 0 }
      for _ in 0..<20 { #expect(try await cluster.rank().items.count == 20) }
      try await wait(for: "whole answers") { try await !cluster.rank().degraded }
      #expect(proxies[0].connectionCount == 0 && proxies[1].connectionCount == 1)
      #expect(cluster.replicas.allSatisfy { $0.process.end == nil })
    }

    private func list(_ proxies: [FaultProxy], in cluster: TestCluster) throws {
      let lines = proxies.map { "\($0.address)\n" }.joined()
      try replaceFile(cluster.replicaFile(.inference), with: Array(lines.utf8))
    }

    private func within(_ what: String, _ holds: () async throws -> Bool) async throws {
      let (start, stalls) = (Instant.now(), StallWatch())
      try await wait(for: what, until: holds)
      let seconds = Double(Instant.now().nanoseconds(since: start)) / 1e9
      print("\(what): after \(seconds) s")
      #expect(seconds < Self.seconds + stalls.seconds, "\(stalls)")
    }
  }
}
