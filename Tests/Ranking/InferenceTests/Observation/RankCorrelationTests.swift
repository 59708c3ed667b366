import TestSupport
import Testing

@testable import Inference

@Suite struct RankCorrelationTests {
  @Test func `equal orders are 1, reversed ones -1, whatever the values`() {
    #expect(RankCorrelation.spearman([1, 2, 3], [10, 200, 201]) == 1)
    #expect(RankCorrelation.spearman([1, 2, 3], [5, 4, -100]) == -1)
  }

  @Test func `ties share their mean rank`() {
    #expect(RankCorrelation.ranks([3, 1, 3, 2]) == [3.5, 1, 3.5, 2])
    // By hand: ranks 1, 2.5, 2.5, 4 and 1, 3, 2, 4; covariance 4.5 of √(4.5 · 5).
    let correlation = RankCorrelation.spearman([0, 1, 1, 2], [1, 3, 2, 4])
    #expect(abs((correlation ?? 0) - 4.5 / (4.5 * 5.0).squareRoot()) < 1e-12)
  }

  @Test func `without an order there is none`() {
    #expect(RankCorrelation.spearman([], []) == nil)
    #expect(RankCorrelation.spearman([1], [1]) == nil)
    #expect(RankCorrelation.spearman([1, 1], [1, 2]) == nil)
    #expect(RankCorrelation.spearman([1, .nan], [1, 2]) == nil)
    #expect(RankCorrelation.spearman([1, 2], [1, 2, 3]) == nil)
  }

  @Test func `unrelated values are near 0`() {
    var random = SeededGenerator(seed: 3)
    let values = (0..<2).map { _ in (0..<5_000).map { _ in Double(random.next() >> 11) } }
    #expect(abs(RankCorrelation.spearman(values[0], values[1]) ?? 1) < 0.05)
  }
}
