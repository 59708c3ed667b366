import Messages
import RPC
import ServingSupport
import Synchronization
import Testing

@testable import Gateway

/// One hop after another fails, is absent, is slow or answers nonsense.
@Suite struct PipelineFallbackTests {
  private static let broken = RPCError(.internal, "it broke", advice: .never)
  private static let refused = RPCError(.notFound, "no such model", advice: .never)

  // MARK: Retrieval

  @Test func `without retrieval the popular list is ranked by the model`() async throws {
    let gateway = try await RunningGateway(absent: ["retrieval"])
    let response = try await gateway.rank()
    #expect(response.rungs == "Search popular, Get primary, Assemble primary, Score primary")
    #expect(response.hop("Search")?.why == "UNAVAILABLE: no replica of retrieval is known")
    #expect(response.degraded)
    #expect(response.ids == ["p7", "p6", "p5", "p4", "p3"])
  }

  @Test func `when retrieval fails the place's last good candidates come first`() async throws {
    let gateway = try await RunningGateway()
    _ = try await gateway.rank()
    gateway.services.change { $0.search = { (_, _) async throws(RPCError) in throw Self.broken } }
    let response = try await gateway.rank()
    #expect(response.rungs == "Search lastGood, Get primary, Assemble primary, Score primary")
    #expect(response.hop("Search")?.why == "INTERNAL: it broke")
    #expect(response.hop("Search")?.attempts.count == 1)
    #expect(response.degraded)
    #expect(response.ids == PipelineTests.byModel)
  }

  @Test func `last good candidates that closed since give way to the popular list`() async throws {
    let gateway = try await RunningGateway()
    _ = try await gateway.rank()
    gateway.services.change { $0.search = { (_, _) async throws(RPCError) in throw Self.broken } }
    let response = try await gateway.rank { $0.nowMilliseconds += 3_600_000 }
    #expect(response.rungs.hasPrefix("Search popular"))
    #expect(response.ids.allSatisfy { $0.hasPrefix("p") })
  }

  @Test func `what one user's history found is not shown to another`() async throws {
    let gateway = try await RunningGateway {
      $0.search = { _, _ in
        var response = Samples.search(10)
        response.sources[9] = 2
        return response
      }
    }
    #expect(try await gateway.rank().ids[0] == "c9")
    gateway.services.change { $0.search = { (_, _) async throws(RPCError) in throw Self.broken } }
    let other = try await gateway.rank { $0.userID = "bob" }
    #expect(other.rungs.hasPrefix("Search lastGood"))
    #expect(other.candidates == 9)
    #expect(!other.ids.contains("c9"))
  }

  @Test func `columns of different lengths are no answer`() async throws {
    let gateway = try await RunningGateway {
      $0.search = { _, _ in
        var response = Samples.search(10)
        response.names.removeLast()
        return response
      }
    }
    let response = try await gateway.rank()
    #expect(response.rungs.hasPrefix("Search popular"))
    #expect(response.hop("Search")?.why == "columns of different lengths")
    #expect(response.degraded)
  }

  @Test func `with nothing at all to show the answer is empty, not an error`() async throws {
    let gateway = try await RunningGateway(
      absent: ["retrieval", "features", "inference"], ["--popular", ""])
    let response = try await gateway.rank()
    #expect(response.items.isEmpty)
    #expect(response.degraded)
    #expect(response.rungs == "Search popular, Get without")
  }

  // MARK: Features

  @Test func `without features the light model ranks, and inference is not asked`() async throws {
    let gateway = try await RunningGateway(absent: ["features"])
    let response = try await gateway.rank()
    #expect(response.ids == PipelineTests.byLightModel)
    #expect(response.rungs == "Search primary, Get without, Assemble lightModel, Score skipped")
    #expect(response.hop("Assemble")?.why == "UNAVAILABLE: no replica of features is known")
    #expect(response.hop("Score")?.why == "no rows to score")
    #expect(response.degraded)
    #expect(response.model.isEmpty)
    #expect(gateway.services.count(Method.score.name) == 0)
  }

  @Test func `without features and light model candidates stay as they came`() async throws {
    let gateway = try await RunningGateway(
      absent: ["features"], ["--light-model.enabled", "false"])
    let response = try await gateway.rank()
    #expect(response.ids == PipelineTests.byRetrieval)
    #expect(response.rungs.hasSuffix("Assemble retrievalOrder, Score skipped"))
    #expect(response.degraded)
  }

  @Test func `without the user's own features the model still ranks`() async throws {
    let gateway = try await RunningGateway {
      $0.get = { (_, _) async throws(RPCError) in throw Self.broken }
    }
    let response = try await gateway.rank()
    #expect(response.ids == PipelineTests.byModel)
    #expect(response.rungs == "Search primary, Get without, Assemble primary, Score primary")
    #expect(response.hop("Get")?.why == "INTERNAL: it broke")
    #expect(!response.degraded)
  }

  @Test func `the light model knows what the user ordered`() async throws {
    let gateway = try await RunningGateway {
      $0.get = { _, _ in
        var response = GetResponse()
        response.historyKeys = [Samples.candidate(3).key, 1]
        response.historyOrders = [1_000_000, 5]
        return response
      }
      $0.score = { (_, _) async throws(RPCError) in throw Self.refused }
    }
    #expect(try await gateway.rank().ids.first == "c3")
    #expect(try await gateway.rank { $0.userID = "" }.ids == PipelineTests.byLightModel)
  }

  @Test func `rows that are not those asked for are no rows`() async throws {
    func check(_ what: Comment, _ change: @escaping @Sendable (inout AssembleResponse) -> Void)
      async throws
    {
      let gateway = try await RunningGateway {
        $0.assemble = { _, _ in
          var response = FakeAnswers.rows(10)
          change(&response)
          return response
        }
      }
      let response = try await gateway.rank()
      #expect(response.rungs.hasSuffix("Assemble lightModel, Score skipped"), what)
      #expect(response.hop("Assemble")?.why == "rows are missing", what)
      #expect(response.ids == PipelineTests.byLightModel, what)
      #expect(response.degraded, what)
    }
    try await check("a row too few") { $0.matrix.removeLast(2) }
    try await check("half a row") { $0.matrix.removeLast() }
    try await check("other columns") { $0.columns = 3 }
    try await check("columns without end") { $0.columns = .max }
    try await check("no columns") {
      $0.columns = 0
      $0.matrix = []
    }
  }

  // MARK: Inference

  @Test func `without inference the light model ranks`() async throws {
    let gateway = try await RunningGateway(absent: ["inference"])
    let response = try await gateway.rank()
    #expect(response.ids == PipelineTests.byLightModel)
    #expect(response.rungs == "Search primary, Get primary, Assemble primary, Score lightModel")
    #expect(response.hop("Score")?.why == "UNAVAILABLE: no replica of inference is known")
    #expect(response.degraded)
  }

  @Test func `a model server's refusal is a reason, not the user's error`() async throws {
    let gateway = try await RunningGateway {
      $0.score = { (_, _) async throws(RPCError) in throw Self.refused }
    }
    let response = try await gateway.rank()
    #expect(response.hop("Score")?.why == "NOT_FOUND: no such model")
    #expect(response.ids == PipelineTests.byLightModel)
    gateway.services.change {
      $0.score = { (_, _) async throws(RPCError) in throw .invalidArgument("matrix: odd") }
    }
    #expect(try await gateway.rank().hop("Score")?.why == "INVALID_ARGUMENT: matrix: odd")
  }

  @Test func `scores that can't be put to the rows are no scores`() async throws {
    let ten = (0..<10).map(Double.init)
    let cases: [(String, ScoreResponse, String)] = [
      ("too few", FakeAnswers.scores(Array(ten.dropLast())), "scores are missing"),
      ("too many", FakeAnswers.scores(ten + [1]), "scores are missing"),
      ("none", FakeAnswers.scores([]), "scores are missing"),
      ("no heads", FakeAnswers.scores(ten, heads: 0), "scores are missing"),
      ("other heads", FakeAnswers.scores(ten, heads: 3), "scores are missing"),
      ("heads without end", FakeAnswers.scores(ten, heads: .max), "scores are missing"),
      ("one is no number", FakeAnswers.scores(ten.dropLast() + [.nan]), "a score is no number"),
      (
        "infinite", FakeAnswers.scores([.infinity] + ten.dropFirst()),
        "a score is no number"
      ),
    ]
    let gateway = try await RunningGateway()
    for (name, answer, why) in cases {
      gateway.services.change { $0.score = { _, _ in answer } }
      let response = try await gateway.rank()
      #expect(response.rungs.hasSuffix("Score lightModel"), "\(name)")
      #expect(response.hop("Score")?.why == why, "\(name)")
      #expect(response.ids == PipelineTests.byLightModel, "\(name)")
      #expect(response.degraded && response.model.isEmpty, "\(name)")
    }
  }

  @Test func `heads that nothing is ordered by may hold anything`() async throws {
    let gateway = try await RunningGateway {
      $0.score = { _, _ in
        FakeAnswers.scores((0..<10).flatMap { [Double($0), .nan] }, heads: 2)
      }
    }
    #expect(try await gateway.rank().ids == PipelineTests.byModel)
  }

  // MARK: Replicas

  @Test func `another replica takes over from one that refuses, at no loss`() async throws {
    let overloaded = try ServedMethods("refusing") { _ in
      var table = MethodTable()
      table.answer(.score) { (_, _) throws(RPCError) in throw .notStarted("too busy") }
      return table
    }
    let healthy = try ServedMethods("healthy") { _ in FakeServices(FakeAnswers()).methods() }
    var retried: [Hop] = []
    // The first replica asked is drawn by lot; the one that answers well is asked from then on.
    for _ in 0..<40 where retried.isEmpty {
      let gateway = try await RunningGateway([
        "--inference.replicas", "\(overloaded.address),\(healthy.address)",
      ])
      let response = try await gateway.rank()
      #expect(!response.degraded)
      #expect(response.ids == PipelineTests.byModel)
      retried = response.hops.filter { $0.rung == .otherReplica }
    }
    let hop = try #require(retried.first, "the refusing replica was never asked")
    #expect(hop.replica == "healthy")
    #expect(hop.why == "refusing: UNAVAILABLE: too busy")
    #expect(hop.attempts.map(\.replica) == ["refusing", "healthy"])
    withExtendedLifetime((overloaded, healthy)) {}
  }
}
