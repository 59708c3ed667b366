import Messages
import RPC
import ServingSupport
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// Services that use up their time, and requests that bring little of it.
@Suite struct PipelineDeadlineTests {
  @Test func `retrieval that never answers costs its budget`() async throws {
    let gateway = try await RunningGateway(["--retrieval.budget-ms", "500"]) {
      $0.search = { _, _ in
        await FakeAnswers.never()
        return SearchResponse()
      }
    }
    let response = try await gateway.rank()
    #expect(response.rungs == "Search popular, Get primary, Assemble primary, Score primary")
    try expectTimeout(response, "Search", afterMilliseconds: 500)
  }

  @Test func `features that never answer cost their budgets`() async throws {
    let gateway = try await RunningGateway([
      "--features.budget-ms", "500", "--features.user-budget-ms", "400",
    ]) {
      $0.get = { _, _ in
        await FakeAnswers.never()
        return GetResponse()
      }
      $0.assemble = { _, _ in
        await FakeAnswers.never()
        return AssembleResponse()
      }
    }
    let response = try await gateway.rank()
    #expect(response.rungs == "Search primary, Get without, Assemble lightModel, Score skipped")
    try expectTimeout(response, "Get", afterMilliseconds: 400)
    try expectTimeout(response, "Assemble", afterMilliseconds: 500)
    #expect(response.ids == PipelineTests.byLightModel)
  }

  @Test func `inference that never answers costs its budget`() async throws {
    let gateway = try await RunningGateway(["--inference.budget-ms", "500"]) {
      $0.score = { _, _ in
        await FakeAnswers.never()
        return ScoreResponse()
      }
    }
    let response = try await gateway.rank()
    #expect(response.rungs.hasSuffix("Score lightModel"))
    try expectTimeout(response, "Score", afterMilliseconds: 500)
    #expect(response.ids == PipelineTests.byLightModel)
  }

  @Test func `a replica that takes the connection and says nothing is a slow one`() async throws {
    let folder = TemporaryFolder()
    let address = Address.unix(path: folder.file("mute"))
    let mute = try Socket.listening(at: address)
    defer { mute.close() }
    let gateway = try await RunningGateway([
      "--retrieval.replicas", address.description, "--retrieval.budget-ms", "40",
    ])
    let response = try await gateway.rank()
    #expect(response.rungs.hasPrefix("Search popular"))
    #expect(response.degraded)
  }

  /// All hops together, each a little late, must stay inside what the caller gave. A busy machine
  /// may spoil many of the tries, and a gateway that is late by itself spoils all.
  @Test(arguments: [30, 60] as [Int64])
  func `a request in a hurry is answered in time though nobody answers`(milliseconds: Int64)
    async throws
  {
    let gateway = try await RunningGateway(
      ["--budget-ms", "200", "--retrieval.budget-ms", "60", "--features.budget-ms", "45"]
        + ["--features.user-budget-ms", "20", "--inference.budget-ms", "80"]
    ) {
      $0.search = { _, _ in
        await FakeAnswers.never()
        return SearchResponse()
      }
      $0.get = { _, _ in
        await FakeAnswers.never()
        return GetResponse()
      }
      $0.score = { _, _ in
        await FakeAnswers.never()
        return ScoreResponse()
      }
    }
    var answered = 0
    for _ in 0..<400 where answered < 15 {
      let outcome = await gateway.caller.outcome(
        .rank, Samples.request, milliseconds: milliseconds)
      // One that is late and comes for all that was taken in by a caller that was late itself.
      guard case .success(let response) = outcome.result,
        response.elapsedMicroseconds <= UInt64(milliseconds) * 1_000
      else { continue }
      answered += 1
      #expect(response.degraded)
      #expect(response.ids.count == 5)
      #expect(response.rungs.hasPrefix("Search popular, Get without"))
    }
    #expect(answered == 15)
  }

  @Test func `with no time left for a hop, each says so`() async throws {
    // Retrieval takes all there is; what is left is less than a hop needs.
    let gateway = try await RunningGateway([
      "--budget-ms", "1000", "--retrieval.budget-ms", "10000",
    ]) {
      $0.search = { _, _ in
        await FakeAnswers.never()
        return SearchResponse()
      }
    }
    let response = try await gateway.rank()
    #expect(response.rungs == "Search popular, Get primary, Assemble lightModel, Score skipped")
    #expect(response.hop("Assemble")?.why == "no time left")
    #expect(response.hop("Score")?.why == "no rows to score")
    #expect(response.ids.first == "p0")
  }

  private func expectTimeout(
    _ response: RankResponse, _ method: String, afterMilliseconds: UInt64
  ) throws {
    let hop = try #require(response.hop(method))
    #expect(hop.why.hasPrefix("DEADLINE_EXCEEDED: "), "\(hop.why)")
    #expect(hop.replica.isEmpty)
    #expect(hop.attempts.last?.code == Code.deadlineExceeded.rawValue)
    // The replica itself may answer that it is late, a hair before the caller gives up.
    #expect(hop.elapsedMicroseconds >= afterMilliseconds * 1_000 - 2_000)
    #expect(hop.elapsedMicroseconds < 5_000_000)
  }
}
