internal import RPC
internal import TestSupport
internal import Testing

@testable internal import Events

struct LogPeersTests {
  private func listed(_ source: ReplicaSource) async throws -> Set<Address> {
    let loop = try EventLoop(name: "peers")
    loop.start()
    defer {
      loop.stop()
      loop.join()
    }
    return await withUnsafeContinuation { continuation in
      loop.post {
        let peers = LogPeers(source, identity: Identity(replica: "test", software: "test"))
        continuation.resume(returning: Set(peers.all(on: loop).map { $0.0 }))
        peers.shutDown()
      }
    }
  }

  @Test func `a list is asked one by one`() async throws {
    let source = try #require(ReplicaSource("127.0.0.1:1,unix:/run/none"))
    #expect(
      try await listed(source)
        == [.tcp(host: "127.0.0.1", port: 1), .unix(path: "/run/none")])
  }

  @Test func `a file lists at most so many, and nobody when it is not there`() async throws {
    let folder = TemporaryFolder()
    #expect(try await listed(.file(folder.file("absent"))).isEmpty)
    let many = (1...LogPeers.peersMax + 5).map { "127.0.0.1:\($0)" }.joined(separator: "\n")
    folder.write(many, to: "replicas")
    #expect(try await listed(.file(folder.file("replicas"))).count == LogPeers.peersMax)
  }
}
