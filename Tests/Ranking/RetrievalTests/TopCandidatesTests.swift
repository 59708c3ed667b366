import TestSupport
import Testing

@testable import Retrieval

struct TopCandidatesTests {
  @Test func `the best stay, ties by key, whatever the order of offers`() {
    for seed in UInt64(0)..<30 {
      var generator = SeededGenerator(seed: seed)
      let candidates = (0..<Int.random(in: 0...200, using: &generator)).map { row in
        Candidate(
          score: Float(Int.random(in: -5...5, using: &generator)), key: generator.next(),
          slot: Int32(row), distanceKilometres: 0, popularity: 0, isInRadius: true)
      }
      let limit = Int.random(in: 1...50, using: &generator)
      let expected = candidates.sorted { ($0.score, $1.key) > ($1.score, $0.key) }.prefix(limit)
      for offers in [candidates, candidates.reversed(), candidates.shuffled(using: &generator)] {
        var top = TopCandidates(limit: limit)
        for candidate in offers { top.offer(candidate) }
        #expect(top.sorted == Array(expected), "seed \(seed)")
      }
    }
  }
}
