import Definitions
import Glibc
import Messages
import RPC
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// The event log comes back from a copy, or its writer comes back without it.
  @Suite(.serialized) struct RestoredLogTests {
    private func append(
      _ ids: [String], to client: Client
    ) async -> Result<AppendResponse, RPCError> {
      var request = AppendRequest()
      request.events = ids.map { id in
        var event = Event()
        event.id = id
        event.kind = .order
        event.timeMilliseconds = SmallTown.nowMilliseconds - 60_000
        event.userID = SmallTown.userIDs[7]
        event.itemID = "item-1"
        return event
      }
      return await client.call(.append, request, .within(milliseconds: 10_000)).result
    }

    /// Appends one event after the other, each until it is acknowledged.
    private func append(
      _ name: String, _ numbers: ClosedRange<Int>, to client: Client
    ) async throws -> AppendResponse {
      var last: AppendResponse?
      for number in numbers {
        try await wait(for: "an append of \(name)-\(number)") {
          last = try? await append(["\(name)-\(number)"], to: client).get()
          return last != nil
        }
      }
      return try #require(last)
    }

    private func writers(_ cluster: TestCluster) async throws -> Client {
      try await Client(
        "features", at: .file(cluster.replicaFile(.features)),
        identity: Identity(replica: "test", software: "test"))
    }

    private func kill(_ replica: TestCluster.Replica) async throws {
      replica.process.send(SIGKILL)
      #expect(try await replica.process.waitForEnd() == .signal(SIGKILL))
    }

    private func ids(_ cluster: TestCluster, _ name: String) throws -> [String] {
      var ids: [String] = []
      try EventLog.read(cluster.folder.file("\(name).state/events.brigade")) { event, _ in
        ids.append(event.id)
      }
      return ids
    }

    private func run(_ command: String, _ cluster: TestCluster) async throws {
      let run = try await FinishedProgram.run(
        "/bin/sh", ["-ec", "cd \(cluster.folder.path); \(command)"], in: cluster.folder)
      #expect(run.end == .exit(0), "\(run.errorOutput)")
    }

    private func metric(_ name: String, _ cluster: TestCluster, _ index: Int) -> Double? {
      cluster.metric(name, of: cluster[.features][index])
    }

    private func sameLogs(_ cluster: TestCluster) async throws {
      try await cluster.spoolsEmptied()
      try await wait(for: "logs of one length") {
        let positions = (0...1).map { metric("brigade_events_log_position", cluster, $0) }
        return positions[0] != nil && positions[0] == positions[1]
      }
      let logs = try (1...2).map { try ids(cluster, "features-\($0)") }
      #expect(logs[0] == logs[1])
      #expect(Set(logs[0]).count == logs[0].count, "events are there twice")
    }

    @Test func `a copy that was taken while the writer wrote has all it had acknowledged`()
      async throws
    {
      let cluster = try await TestCluster(retrieval: 1, features: 2, inference: 1)
      let client = try await writers(cluster)
      defer { client.shutDown() }
      _ = try await append("before", 1...50, to: client)
      try await sameLogs(cluster)
      // Appends go on while the files are copied.
      async let during = append("during", 1...100, to: client)
      try await run("cp -r features-1.state backup", cluster)
      _ = try await during
      _ = try await append("later", 1...1, to: client)
      try await sameLogs(cluster)
      for replica in cluster[.features] { try await kill(replica) }

      // All machines with the log are lost; the other one's comes back, longer than the copy.
      try await run("mv features-1.state lost; cp -r backup features-1.state", cluster)
      for name in ["features-1", "features-2"] { try await cluster.restart(name) }
      let restored = try ids(cluster, "features-1")
      #expect(Set((1...50).map { "before-\($0)" }).isSubset(of: restored))
      #expect(Set(restored).count == restored.count)
      let longer = try ids(cluster, "features-2")
      #expect(longer.starts(with: restored))
      #expect(longer.count > restored.count)
      try await wait(for: "the longer log to be told apart") {
        metric("brigade_events_differs", cluster, 1) == 1
      }
      #expect(cluster[.features][1].process.errorOutput.contains("move its state folder away"))

      try await kill(cluster[.features][1])
      try await run("mv features-2.state away", cluster)
      try await cluster.restart("features-2")
      let after = try await append("after", 1...5, to: client)
      #expect(after.epoch == 1)
      try await sameLogs(cluster)
      let all = try ids(cluster, "features-2")
      #expect(all.starts(with: restored))
      #expect(Set((1...5).map { "after-\($0)" }).isSubset(of: all))
    }

    @Test func `a writer that lost its log begins no other one while a follower has it`()
      async throws
    {
      let cluster = try await TestCluster(retrieval: 1, features: 2, inference: 1)
      let client = try await writers(cluster)
      defer { client.shutDown() }
      _ = try await append("before", 1...20, to: client)
      try await sameLogs(cluster)
      try await kill(cluster[.features][0])
      try await run("mv features-1.state lost", cluster)
      try await cluster.restart("features-1")
      try await wait(for: "it to say so") {
        cluster[.features][0].process.errorOutput.contains("has lost; it follows")
      }
      try await wait(for: "it to be no writer") { metric("brigade_events_writer", cluster, 0) == 0 }
      let refusal = await append(["nobody"], to: client)
      #expect(throws: RPCError.self) { try refusal.get() }
      #expect(metric("brigade_events_differs", cluster, 1) == 0)

      let second = try await cluster.client(cluster[.features][1])
      defer { second.shutDown() }
      var promotion = PromoteRequest()
      promotion.epoch = 2
      _ = try await second.call(.promote, promotion, .within(milliseconds: 10_000)).result.get()
      #expect(try await append("after", 1...3, to: client).epoch == 2)
      try await sameLogs(cluster)
      let all = try ids(cluster, "features-1")
      #expect(Set((1...20).map { "before-\($0)" }).isSubset(of: all))
    }
  }
}
