import Testing

@testable import Retrieval

struct CoVisitsTests {
  @Test func `what the same users order is proposed, the more the higher`() {
    var coVisits = CoVisits(items: 4, neighboursMax: 8)
    for _ in 0..<3 {
      coVisits.firstOrder(of: 0, after: [])
      coVisits.firstOrder(of: 1, after: [0])
    }
    coVisits.firstOrder(of: 0, after: [])
    coVisits.firstOrder(of: 2, after: [0])
    let scores = coVisits.proposals(known: [0])
    #expect(Set(scores.keys) == [1, 2])
    // users(0, 1) = 3, users(0) = 4, users(1) = 3.
    #expect(scores[1] == 3 / 9.0 / 8.0.squareRoot())
    #expect(scores[2] == 1 / 9.0 / 6.0.squareRoot())
    #expect(coVisits.proposals(known: [3]).isEmpty)
  }

  @Test func `a full list gives up its weakest, never a strong one`() {
    var coVisits = CoVisits(items: 100, neighboursMax: 2)
    for _ in 0..<50 { coVisits.firstOrder(of: 1, after: [0]) }
    for row in 2..<40 { coVisits.firstOrder(of: row, after: [0]) }
    let scores = coVisits.proposals(known: [0])
    #expect(scores.count == 2)
    #expect(scores[1] != nil)
  }
}
