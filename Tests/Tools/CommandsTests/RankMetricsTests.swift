import JSON
import Testing

@testable import Commands

struct RankMetricsTests {
  private func metrics(_ ranks: [Int?]) -> RankMetrics {
    var metrics = RankMetrics()
    for rank in ranks {
      let scores = (0..<20).map { Double(-$0) }
      metrics.add(RankOutcome(served: scores, taken: rank.map { $0 - 1 }))
    }
    return metrics
  }

  @Test func `a miss of the candidates counts zero in all but AUC`() {
    let metrics = metrics([1, nil])
    #expect(metrics.recall == 0.5)
    #expect(metrics.accuracyAt1 == 0.5)
    #expect(metrics.accuracyAt10 == 0.5)
    #expect(metrics.ndcgAt10 == 0.5)
    #expect(metrics.auc == 1)
  }

  @Test func `the gain falls with the logarithm of the rank and ends after the tenth`() {
    #expect(metrics([1]).ndcgAt10 == 1)
    #expect(metrics([3]).ndcgAt10 == 0.5)
    #expect(abs(metrics([10]).ndcgAt10 - 1 / 3.4594316186) < 1e-9)
    #expect(metrics([11]).ndcgAt10 == 0)
    #expect(metrics([10]).accuracyAt10 == 1)
    #expect(metrics([11]).accuracyAt10 == 0)
    #expect(metrics([11]).recall == 1)
  }

  @Test func `AUC is the mean over the visits whose item was found`() {
    #expect(metrics([1, 20, nil]).auc == 0.5)
  }

  @Test func `without visits there is nothing to say`() throws {
    let metrics = RankMetrics()
    #expect(metrics.recall.isNaN)
    #expect(metrics.cells == ["-", "-", "-", "-"])
    var writer = JSONWriter()
    metrics.write(to: &writer)
    #expect(writer.string == #"{"visits":0}"#)
  }
}
