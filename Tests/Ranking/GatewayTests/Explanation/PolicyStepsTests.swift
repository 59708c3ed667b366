import TestSupport
import Testing

@testable import Gateway

@Suite struct PolicyStepsTests {
  private func steps(
    _ policy: Policy, _ candidates: [Candidate], plain: [Double], count: Int, id: String = "r"
  ) -> PolicySteps {
    let scores = policy.favouringDiscoveries(candidates, scores: plain)
    let list = policy.rank(candidates, scores: scores, count: count, requestID: id)
    return PolicySteps(
      policy, candidates, plain: plain, scores: scores, count: count, list: list)
  }

  private func candidates(_ categories: String...) -> [Candidate] {
    categories.enumerated().map { Samples.candidate($0, category: $1) }
  }

  private func fired(_ steps: PolicySteps) -> [RuleName] {
    steps.steps.filter(\.isFired).map(\.rule)
  }

  @Test func `a policy that leaves everything as it is fires nothing`() {
    let policy = Policy(explorationRate: 0, categoryRunMax: 3)
    let steps = steps(policy, candidates("a", "b", "c"), plain: [1, 3, 2], count: 3)
    #expect(fired(steps).isEmpty)
    #expect(steps.scored == [1, 2, 0] && steps.final == [1, 2, 0])
    #expect(steps.steps.map(\.rule) == [.discoveryBonus, .categoryRun, .exploration, .cut])
  }

  @Test func `a bonus goes to what the user never ordered`() {
    var candidates = candidates("a", "b", "c")
    candidates[1].sources = 3
    var policy = Policy(explorationRate: 0, categoryRunMax: 3)
    policy.discoveryBonus = 2
    let steps = steps(policy, candidates, plain: [1, 2.5, 0], count: 2)
    #expect(fired(steps) == [.discoveryBonus, .cut])
    #expect(steps.steps[0].what == "2.0 added to the score of 2 that the user never ordered")
    #expect(steps.scored == [1, 0, 2])
    #expect(steps.final == [0, 1, 2])
  }

  @Test func `a run that is broken up shows who was drawn up and who was put off`() {
    let policy = Policy(explorationRate: 0, categoryRunMax: 2)
    let steps = steps(
      policy, candidates("a", "a", "a", "b", "a"), plain: [5, 4, 3, 2, 1], count: 4)
    #expect(fired(steps) == [.categoryRun, .cut])
    #expect(steps.final == [0, 1, 3, 2, 4])
    #expect(steps.steps[1].before == [0, 1, 2, 3, 4])
  }

  @Test func `a place given by chance is told, with who lost it just below the list`() {
    let policy = Policy(explorationRate: 1, categoryRunMax: 100)
    let all = (0..<12).map { Samples.candidate($0) }
    for request in 0..<50 {
      let steps = steps(
        policy, all, plain: all.indices.map { -Double($0) }, count: 4, id: "\(request)")
      #expect(fired(steps) == [.exploration, .cut])
      let drawn = steps.final.prefix(4).first { $0 >= 4 }
      let lost = (0..<4).first { !steps.final.prefix(4).contains($0) }
      #expect(drawn != nil && lost != nil && steps.final[4] == lost, "request \(request)")
    }
  }

  @Test func `whatever comes in, each step holds every candidate once and ends in the list`() {
    for seed in UInt64(1)...300 {
      var random = SeededGenerator(seed: seed)
      let size = Int.random(in: 0...40, using: &random)
      let all = (0..<size).map {
        Samples.candidate(
          $0, category: ["", "a", "b"].randomElement(using: &random)!,
          sources: UInt32.random(in: 1...3, using: &random))
      }
      let plain = all.map { _ in
        random.chance(10) ? .nan : Double(Int.random(in: -5...5, using: &random))
      }
      var policy = Policy(
        explorationRate: Double.random(in: 0...1, using: &random),
        categoryRunMax: Int.random(in: 1...4, using: &random))
      policy.discoveryBonus = Double.random(in: -1...1, using: &random)
      let count = Int.random(in: 1...20, using: &random)
      let scores = policy.favouringDiscoveries(all, scores: plain)
      let list = policy.rank(all, scores: scores, count: count, requestID: "\(seed)")
      let steps = PolicySteps(
        policy, all, plain: plain, scores: scores, count: count, list: list)
      for step in steps.steps {
        #expect(step.before.sorted() == Array(all.indices), "seed \(seed)")
        #expect(step.after.sorted() == Array(all.indices), "seed \(seed)")
      }
      for (step, next) in zip(steps.steps, steps.steps.dropFirst()) {
        #expect(step.after == next.before, "seed \(seed)")
      }
      #expect(Array(steps.final.prefix(list.count)) == list.map(\.candidate), "seed \(seed)")
    }
  }
}
