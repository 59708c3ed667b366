import Definitions
import Testing

@testable import Commands

struct RankOutcomeTests {
  private var generator = SplitMix64(seed: 1)

  @Test func `a served list counts as it stands, equal scores or not`() {
    let outcome = RankOutcome(served: [0.9, 0.5, 0.5, 0.1], taken: 2)
    #expect(outcome.rank == 3)
    // One below, one equal, of three.
    #expect(outcome.auc == 0.5)
  }

  @Test func `an item that is not among the candidates has neither rank nor AUC`() {
    #expect(RankOutcome(served: [1, 2], taken: nil) == .missed)
    #expect(RankOutcome.missed.rank == nil)
    #expect(RankOutcome.missed.auc == nil)
  }

  @Test mutating func `more is better among scores without an order`() {
    let outcome = RankOutcome(scores: [1, 4, 3, 2], taken: 2, using: &generator)
    #expect(outcome.rank == 2)
    #expect(outcome.auc == 2.0 / 3)
  }

  @Test mutating func `equal scores take every place between them, by chance`() {
    var ranks: Set<Int> = []
    for _ in 0..<200 {
      let outcome = RankOutcome(scores: [5, 1, 1, 1, 0], taken: 1, using: &generator)
      ranks.insert(outcome.rank ?? 0)
      #expect(outcome.auc == 0.5)
    }
    #expect(ranks == [2, 3, 4])
  }

  @Test mutating func `the same seed decides the same`() {
    func ranks(_ seed: UInt64) -> [Int?] {
      var generator = SplitMix64(seed: seed)
      return (0..<20).map { _ in
        RankOutcome(scores: [1, 1, 1, 1], taken: 0, using: &generator).rank
      }
    }
    #expect(ranks(4) == ranks(4))
    #expect(ranks(4) != ranks(5))
  }

  @Test mutating func `a score that is not a number is below everything`() {
    #expect(RankOutcome(scores: [.nan, -9], taken: 0, using: &generator).rank == 2)
    #expect(RankOutcome(scores: [.nan, -9], taken: 1, using: &generator).rank == 1)
  }

  @Test func `a list of one has no AUC`() {
    let outcome = RankOutcome(served: [1], taken: 0)
    #expect(outcome.rank == 1)
    #expect(outcome.auc == nil)
  }
}
