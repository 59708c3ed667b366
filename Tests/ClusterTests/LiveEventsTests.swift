import Definitions
import Glibc
import Messages
import RPC
import Telemetry
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// The one log of events, while it grows.
  @Suite(.serialized) struct LiveEventsTests {
    /// Of the town's own log.
    private static let baseEvents: UInt64 = 2_000

    private func request(_ ids: [String]) -> AppendRequest {
      var request = AppendRequest()
      request.events = ids.map { id in
        var event = Event()
        event.id = id
        event.kind = .order
        event.timeMilliseconds = SmallTown.nowMilliseconds - 60_000
        event.userID = SmallTown.userIDs[7]
        event.itemID = "item-1"
        event.value = 25
        return event
      }
      return request
    }

    /// Goes to whichever replica writes.
    private func writers(_ cluster: TestCluster) async throws -> Client {
      try await Client(
        "features", at: .file(cluster.replicaFile(.features)),
        identity: Identity(replica: "test", software: "test"))
    }

    private func append(
      _ ids: [String], to client: Client
    ) async -> Result<AppendResponse, RPCError> {
      await client.call(.append, request(ids), .within(milliseconds: 10_000)).result
    }

    /// Tries for as long as a writer may take to be there.
    private func insist(_ ids: [String], to client: Client) async throws -> AppendResponse {
      var response: AppendResponse?
      var last = ""
      try await wait(for: "an append: \(last)") {
        switch await append(ids, to: client) {
        case .success(let answer): response = answer
        case .failure(let error): last = "\(error)"
        }
        return response != nil
      }
      return try #require(response)
    }

    private func position(
      _ cluster: TestCluster, _ replica: TestCluster.Replica
    ) async throws -> UInt64 {
      let client = try await cluster.client(replica)
      defer { client.shutDown() }
      if replica.service == .retrieval {
        var search = SearchRequest()
        search.place = SmallTown.center.place
        search.nowMilliseconds = SmallTown.nowMilliseconds
        return try await client.call(.search, search, .within(milliseconds: 10_000))
          .result.get().logPosition
      }
      var get = GetRequest()
      get.userID = SmallTown.userIDs[7]
      get.nowMilliseconds = SmallTown.nowMilliseconds
      return try await client.call(.get, get, .within(milliseconds: 10_000))
        .result.get().logPosition
    }

    /// At least: what the gateway served comes into the log as well.
    private func everybody(
      _ cluster: TestCluster, reaches wanted: UInt64, seconds: Double = 10
    ) async throws {
      for replica in cluster[.features] + cluster[.retrieval]
      where replica.process.end == nil {
        try await wait(for: "\(replica.name) at \(wanted)", seconds: seconds) {
          try await position(cluster, replica) >= wanted
        }
      }
    }

    private func ids(of name: String, _ cluster: TestCluster) throws -> [String] {
      var ids: [String] = []
      try EventLog.read("\(cluster.folder.path)/\(name).state/events.brigade") { event, _ in
        ids.append(event.id)
      }
      return ids
    }

    /// The followers have found their writer.
    private func settle(_ cluster: TestCluster, _ client: Client) async throws -> UInt64 {
      var answer = try await insist(["first"], to: client)
      try await cluster.spoolsEmptied()
      var tries = 0
      try await wait(for: "a follower's copy") {
        tries += 1
        answer = try await insist(["settle-\(tries)"], to: client)
        return answer.copies > 1
      }
      try await everybody(cluster, reaches: answer.position)
      return answer.position
    }

    @Test func `every replica reflects an event within a second`() async throws {
      let cluster = try await TestCluster(retrieval: 2, features: 3, inference: 1)
      let client = try await writers(cluster)
      defer { client.shutDown() }
      let start = try await settle(cluster, client)
      #expect(start > Self.baseEvents)
      for round in 1...20 {
        let appended = Instant.now()
        let answer = try await append(["a-\(round)", "b-\(round)"], to: client).get()
        #expect(answer.position >= start + UInt64(2 * round))
        #expect(answer.appended == 2)
        #expect(answer.copies > 1)
        try await everybody(cluster, reaches: answer.position, seconds: 1)
        if round == 20 {
          let nanoseconds = Instant.now().nanoseconds(since: appended)
          print("an append and five replicas' answers: \(Double(nanoseconds) / 1e6) ms")
        }
      }
    }

    @Test func `a writer killed in a stream of appends keeps every acknowledged event once`()
      async throws
    {
      let cluster = try await TestCluster(retrieval: 1, features: 2, inference: 1)
      let client = try await writers(cluster)
      defer { client.shutDown() }
      _ = try await settle(cluster, client)
      let batches = (0..<300).map { batch in (0..<5).map { "batch-\(batch)-\($0)" } }
      var acknowledged: Set<Int> = []
      for (index, batch) in batches.enumerated() {
        if index == 150 { cluster[.features][0].process.send(SIGKILL) }
        if case .success = await append(batch, to: client) { acknowledged.insert(index) }
        if index > 150, !acknowledged.contains(index) { break }
      }
      #expect(acknowledged.count >= 150)
      _ = try await cluster[.features][0].process.waitForEnd()
      try await cluster.restart("features-1")

      // What was not acknowledged, and some of what was, comes again.
      var last: AppendResponse?
      for (index, batch) in batches.enumerated() where index >= 100 {
        let answer = try await insist(batch, to: client)
        if acknowledged.contains(index) { #expect(answer.appended == 0, "batch \(index)") }
        last = answer
      }
      try await everybody(cluster, reaches: try #require(last?.position))
      for name in ["features-1", "features-2"] {
        let kept = try ids(of: name, cluster)
        #expect(kept.count == Set(kept).count, "\(name) has events twice")
        #expect(Set(batches.joined()).isSubset(of: kept), "\(name) lacks events")
      }
      #expect(try ids(of: "features-1", cluster) == ids(of: "features-2", cluster))
    }

    @Test func `a promoted follower goes on, and the old writer gives way`() async throws {
      let cluster = try await TestCluster(retrieval: 1, features: 3, inference: 1)
      let client = try await writers(cluster)
      defer { client.shutDown() }
      let before = try await settle(cluster, client)
      cluster[.features][0].process.send(SIGKILL)
      _ = try await cluster[.features][0].process.waitForEnd()
      guard case .failure = await append(["nobody"], to: client) else {
        Issue.record("an append without a writer was acknowledged")
        return
      }

      var promotion = PromoteRequest()
      promotion.epoch = 2
      let second = try await cluster.client(cluster[.features][1])
      defer { second.shutDown() }
      let promoted = try await second.call(.promote, promotion, .within(milliseconds: 10_000))
        .result.get()
      #expect(promoted.position == before)
      let answer = try await insist(["after"], to: client)
      #expect((answer.position, answer.epoch) == (before + 1, 2))
      try await everybody(cluster, reaches: before + 1)

      // It still believes to be the writer of epoch 1, and is asked before it has heard.
      try await cluster.restart("features-1")
      let old = try await cluster.client(cluster[.features][0])
      defer { old.shutDown() }
      let refusal = await append(["old"], to: old)
      #expect(throws: RPCError.self) { try refusal.get() }
      try await wait(for: "the old writer to follow") {
        cluster.metric("brigade_events_writer", of: cluster[.features][0]) == 0
      }
      let last = try await insist(["last"], to: client)
      #expect(last.epoch == 2)
      try await everybody(cluster, reaches: last.position)
      #expect(try ids(of: "features-1", cluster) == ids(of: "features-2", cluster))
      #expect(try !ids(of: "features-2", cluster).contains("old"))
    }
  }
}
