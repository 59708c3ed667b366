import Events
import TestSupport
import Testing

struct SeenEventsTests {
  @Test func `an id counts once within the horizon and anew behind it`() {
    var seen = SeenEvents(horizon: 3)
    #expect(["a", "b", "c"].allSatisfy { seen.insert($0) })
    #expect(!seen.insert("a"))
    #expect(seen.insert("d"))
    // The fourth pushed the first out, and nothing else.
    #expect(!seen.insert("b"))
    #expect(!seen.insert("c"))
    #expect(seen.insert("a"))
    #expect(seen.insert("b"))
    #expect(seen.count == 3)
  }

  @Test func `it answers as a list of the last ids does`() {
    let seed: UInt64 = 77
    var random = SeededGenerator(seed: seed)
    var seen = SeenEvents(horizon: 20)
    var last: [String] = []
    for step in 0..<5_000 {
      let id = "id-\(Int.random(in: 0..<40, using: &random))"
      let isNew = !last.contains(id)
      #expect(seen.insert(id) == isNew, "seed \(seed), step \(step)")
      if isNew { last = (last + [id]).suffix(20) }
    }
  }
}
