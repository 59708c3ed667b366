import Messages
import RPC
import Testing

@testable import Gateway

/// What a gateway tells of a list, end to end.
@Suite struct ExplainerTests {
  private func explain(_ change: (inout Explain) -> Void = { _ in }) -> Explain {
    var explain = Explain()
    change(&explain)
    return explain
  }

  private func explanation(
    _ gateway: RunningGateway, _ change: (inout Explain) -> Void = { _ in }
  ) async throws -> Explanation {
    let response = try await gateway.rank { $0.explain = explain(change) }
    return try #require(response.explanation)
  }

  @Test func `nobody who does not ask gets an explanation, nor costs the services one`()
    async throws
  {
    let gateway = try await RunningGateway {
      $0.search = { (request, _) async throws(RPCError) in
        guard request.explainIDs.isEmpty else { throw .invalidArgument("asked for fates") }
        return Samples.search(10)
      }
      $0.assemble = { (request, _) async throws(RPCError) in
        guard !request.names else { throw .invalidArgument("asked for names") }
        return FakeAnswers.rows(10)
      }
    }
    let response = try await gateway.rank()
    #expect(response.explanation == nil && !response.degraded)
  }

  @Test func `each item is told with its sources, features, scores and places`() async throws {
    let gateway = try await RunningGateway {
      $0.search = { _, _ in
        var response = Samples.search(10)
        response.sources[9] = 3
        response.matched = 1_234
        return response
      }
      $0.assemble = { request, _ in
        var rows = FakeAnswers.rows(request.keys.count)
        if request.names { rows.names = ["row", "one"] }
        return rows
      }
      $0.score = { request, _ in
        var scores = FakeAnswers.scores(
          stride(from: 0, to: request.matrix.count, by: 2).flatMap {
            [Double(request.matrix[$0]), 0.5]
          }, heads: 2)
        scores.headNames = ["order", "click"]
        return scores
      }
    }
    let told = try await explanation(gateway) { $0.candidates = 7 }
    #expect(told.scorer == "taste/3" && told.matched == 1_234)
    #expect(told.features == ["row", "one"] && told.heads == ["order", "click"])
    #expect(told.rules.map(\.name) == ["discovery_bonus", "category_run", "exploration", "cut"])
    #expect(told.rules.map(\.fired) == [false, false, false, true])
    #expect(told.items.map(\.id) == ["c9", "c8", "c7", "c6", "c5", "c4", "c3"])
    let first = told.items[0]
    #expect(first.fate == .shown && first.position == 1 && first.sources == 3)
    #expect(first.retrievedRank == 10 && first.retrievedScore == -9)
    #expect(first.features == [9, 1] && first.scores == [9, 0.5] && first.score == 9)
    #expect(first.scoredRank == 1 && first.moves.isEmpty && first.why.isEmpty)
    let below = told.items[5]
    #expect(below.fate == .rankedBelow && below.position == 0 && below.scoredRank == 6)
    #expect(below.why == "no. 6, and 5 are shown")
  }

  @Test func `who asks for nothing in particular is told of the first twenty`() async throws {
    let gateway = try await RunningGateway { $0.search = { _, _ in Samples.search(30) } }
    #expect(try await explanation(gateway).items.count == 20)
    #expect(try await explanation(gateway) { $0.itemIDs = ["c29"] }.items.map(\.id) == ["c29"])
  }

  @Test func `an item that a rule moved tells which, and from where`() async throws {
    let gateway = try await RunningGateway(["--policy.category-run-max", "1"]) {
      $0.search = { _, _ in
        var response = Samples.search(10)
        response.categories = (0..<10).map { $0 == 0 ? 1 : 0 }
        return response
      }
    }
    let told = try await explanation(gateway) { $0.itemIDs = ["c0", "c8", "c5"] }
    #expect(told.items.map(\.id) == ["c0", "c8", "c5"])
    let moves = told.items.map { $0.moves.map { "\($0.rule) \($0.from) → \($0.to)" } }
    #expect(moves[0] == ["category_run 10 → 2"])
    #expect(moves[1] == ["category_run 2 → 3"])
    #expect(told.items.map(\.fate) == [.shown, .shown, .ruledOut])
    #expect(told.items[2].why == "category_run: put off: too many of its category in a row")
  }

  @Test func `retrieval says why an item is no candidate`() async throws {
    let gateway = try await RunningGateway {
      $0.search = { request, _ in
        var response = Samples.search(10)
        response.fates = request.explainIDs.filter { $0 != "silent" }.map { id in
          var fate = ItemFate()
          fate.id = id
          fate.name = "Far away"
          fate.fate = .filtered
          fate.why = "distance: too far"
          return fate
        }
        return response
      }
    }
    let told = try await explanation(gateway) { $0.itemIDs = ["r17", "c9", "silent"] }
    #expect(told.items.map(\.id) == ["c9", "r17", "silent"])
    #expect(told.items[1].fate == .filtered && told.items[1].name == "Far away")
    #expect(told.items[1].why == "distance: too far" && told.items[1].retrievedRank == 0)
    #expect(told.items[2].fate == .notTold && told.items[2].why.contains("can't tell"))
  }

  @Test func `an answer by fallbacks says what stood in, and claims nothing more`() async throws {
    let light = try await explanation(RunningGateway(absent: ["inference"]))
    #expect(light.scorer == "light model" && light.heads.isEmpty)
    #expect(light.items.count == 10 && light.items[0].scores.isEmpty)
    #expect(light.items[0].features.count == 2 && light.items[0].score > 0)
    let blind = try await explanation(
      RunningGateway(absent: ["retrieval", "features", "inference"])
    ) { $0.itemIDs = ["c1", "p1"] }
    #expect(blind.matched == 0 && blind.features.isEmpty)
    #expect(blind.items.map(\.id) == ["p1", "c1"])
    #expect(blind.items[1].fate == .notTold)
    #expect(blind.items[1].why.hasPrefix("candidates are the popular list: UNAVAILABLE"))
  }

  @Test func `a list that is looked into is not written down as served`() async throws {
    let gateway = try await RunningGateway(spooling: true)
    _ = try await gateway.rank { $0.explain = explain() }
    _ = try await gateway.rank { $0.requestID = "shown" }
    gateway.finish(withinMilliseconds: 5_000)
    let events = gateway.services.appends.flatMap { $0 } + (try gateway.spooled.flatMap(\.events))
    #expect(!events.isEmpty && events.allSatisfy { $0.requestID == "shown" })
  }
}
