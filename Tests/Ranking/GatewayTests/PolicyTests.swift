import TestSupport
import Testing

@testable import Gateway

@Suite struct PolicyTests {
  private var plain: Policy { Policy(explorationRate: 0, categoryRunMax: 1_000) }

  private func candidates(_ count: Int) -> [Candidate] { (0..<count).map { Samples.candidate($0) } }

  private func places(_ ranked: [Policy.Ranked]) -> [Int] { ranked.map(\.candidate) }

  @Test func `the best score comes first, and the list is cut`() {
    let ranked = plain.rank(
      candidates(4), scores: [1, 3, -.infinity, 2], count: 3, requestID: "r")
    #expect(
      ranked == [
        .init(candidate: 1, score: 3), .init(candidate: 3, score: 2),
        .init(candidate: 0, score: 1),
      ])
  }

  @Test func `equal scores stand in the candidates' order`() {
    let ranked = plain.rank(candidates(5), scores: [1, 2, 1, 2, 1], count: 5, requestID: "r")
    #expect(places(ranked) == [1, 3, 0, 2, 4])
  }

  @Test func `what has no score stands below everything`() {
    let scores: [Double] = [.nan, -.infinity, .nan, 1, -5]
    let ranked = plain.rank(candidates(5), scores: scores, count: 5, requestID: "r")
    #expect(places(ranked) == [3, 4, 1, 0, 2])
  }

  @Test func `a bonus moves up what is new to the user, and nothing else`() {
    var candidates = candidates(4)
    for (index, sources) in [1, 2, 3, 8].enumerated() {
      candidates[index].sources = UInt32(sources)
    }
    var policy = plain
    let scores = [0.1, 0.3, 0.2, 0]
    #expect(policy.favouringDiscoveries(candidates, scores: scores) == scores)
    policy.discoveryBonus = 0.5
    #expect(policy.favouringDiscoveries(candidates, scores: scores) == [0.6, 0.3, 0.2, 0.5])
  }

  @Test func `nothing ranked is an empty list`() {
    #expect(Policy().rank([], scores: [], count: 20, requestID: "r").isEmpty)
  }

  @Test func `a run of one category is broken up by the next best of another`() {
    let categories = ["a", "a", "a", "a", "a", "b", "c"]
    let candidates = categories.enumerated().map { Samples.candidate($0, category: $1) }
    let policy = Policy(explorationRate: 0, categoryRunMax: 2)
    let scores = candidates.indices.map { -Double($0) }
    let ranked = policy.rank(candidates, scores: scores, count: 7, requestID: "r")
    #expect(places(ranked) == [0, 1, 5, 2, 3, 6, 4])
    #expect(places(policy.rank(candidates, scores: scores, count: 3, requestID: "r")) == [0, 1, 5])
  }

  @Test func `a category goes on when there is nothing else, and no category is no run`() {
    let same = (0..<6).map { Samples.candidate($0, category: "a") }
    let scores = same.indices.map { -Double($0) }
    let policy = Policy(explorationRate: 0, categoryRunMax: 2)
    #expect(
      places(policy.rank(same, scores: scores, count: 6, requestID: "r")) == Array(0..<6))
    let none = (0..<6).map { Samples.candidate($0, category: $0 == 5 ? "b" : "") }
    #expect(
      places(policy.rank(none, scores: scores, count: 6, requestID: "r")) == Array(0..<6))
  }

  @Test func `exploration happens at its rate over many requests`() {
    let policy = Policy(explorationRate: 0.1, categoryRunMax: 3)
    let (candidates, scores) = (candidates(40), (0..<40).map { -Double($0) })
    let explored = (0..<5_000).count { request in
      policy.rank(candidates, scores: scores, count: 10, requestID: "request \(request)")
        .contains(where: \.explored)
    }
    // Six standard deviations of 5,000 draws are 127.
    #expect(abs(explored - 500) < 127)
  }

  @Test func `a rate of nothing never explores, a rate of one always`() {
    let (candidates, scores) = (candidates(40), (0..<40).map { -Double($0) })
    for request in 0..<200 {
      let never = plain.rank(candidates, scores: scores, count: 10, requestID: "\(request)")
      #expect(places(never) == Array(0..<10))
      let always = Policy(explorationRate: 1, categoryRunMax: 3)
        .rank(candidates, scores: scores, count: 10, requestID: "\(request)")
      let explored = always.filter(\.explored)
      #expect(explored.count == 1)
      #expect((10..<30).contains(explored[0].candidate), "\(request)")
      #expect(explored[0].score == scores[explored[0].candidate])
    }
  }

  @Test func `the first place is never given by chance, not even in a list of one`() {
    let policy = Policy(explorationRate: 1, categoryRunMax: 3)
    for count in 1...4 {
      for request in 0..<100 {
        let ranked = policy.rank(
          candidates(20), scores: (0..<20).map { -Double($0) }, count: count,
          requestID: "\(request)")
        #expect(ranked[0] == .init(candidate: 0, score: 0), "\(count) items, request \(request)")
      }
    }
  }

  @Test func `every place but the first is explored now and then`() {
    let policy = Policy(explorationRate: 1, categoryRunMax: 3)
    let (candidates, scores) = (candidates(30), (0..<30).map { -Double($0) })
    var explored: Set<Int> = []
    for request in 0..<500 {
      let ranked = policy.rank(candidates, scores: scores, count: 6, requestID: "\(request)")
      explored.formUnion(ranked.indices.filter { ranked[$0].explored })
    }
    #expect(explored == [1, 2, 3, 4, 5])
  }

  @Test func `with nothing below the cut there is nothing to explore`() {
    let policy = Policy(explorationRate: 1, categoryRunMax: 3)
    let ranked = policy.rank(candidates(5), scores: [5, 4, 3, 2, 1], count: 5, requestID: "r")
    #expect(!ranked.contains { $0.explored })
  }

  @Test func `whatever comes in, nothing is lost, doubled or out of rank, and a retry is the same`()
  {
    for seed in UInt64(1)...500 {
      var random = SeededGenerator(seed: seed)
      let size = Int.random(in: 0...60, using: &random)
      let candidates = (0..<size).map {
        Samples.candidate($0, category: ["", "a", "b", "c"].randomElement(using: &random)!)
      }
      let scores = candidates.map { _ in
        random.chance(10) ? .nan : Double(Int.random(in: -5...5, using: &random))
      }
      let count = Int.random(in: 1...30, using: &random)
      let policy = Policy(
        explorationRate: Double.random(in: 0...1, using: &random),
        categoryRunMax: Int.random(in: 1...4, using: &random))
      let id = random.text()
      let ranked = policy.rank(candidates, scores: scores, count: count, requestID: id)
      let context: Comment = "seed \(seed)"
      #expect(ranked.count == min(count, size), context)
      #expect(Set(places(ranked)).count == ranked.count, context)
      #expect(ranked.allSatisfy { candidates.indices.contains($0.candidate) }, context)
      #expect(ranked.count { $0.explored } <= 1, context)
      #expect(ranked.first?.explored != true, context)
      checkRuns(ranked, candidates, policy, context)
      let again = policy.rank(candidates, scores: scores, count: count, requestID: id)
      #expect(places(again) == places(ranked), context)
    }
  }

  /// A run longer than allowed is one that nothing shown below it could have broken up.
  private func checkRuns(
    _ ranked: [Policy.Ranked], _ candidates: [Candidate], _ policy: Policy, _ context: Comment
  ) {
    guard !ranked.contains(where: \.explored) else { return }
    let categories = ranked.map { candidates[$0.candidate].category }
    for end in categories.indices where end >= policy.categoryRunMax {
      let run = categories[(end - policy.categoryRunMax)...end]
      guard !categories[end].isEmpty, Set(run).count == 1 else { continue }
      #expect(categories[end...].allSatisfy { $0 == categories[end] }, context)
    }
  }
}
