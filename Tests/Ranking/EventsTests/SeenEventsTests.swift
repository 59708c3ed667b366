import Events
import TestSupport
import Testing

struct SeenEventsTests {
  @Test func `an id counts once within the horizon and anew behind it`() {
    var seen = SeenEvents(horizon: 3)
    let ids = ["a", "b", "c", "a", "d", "b", "c", "a", "b"]
    let isNew = ids.map { seen.insert($0) }
    // The fourth new one pushed the first out, and nothing else.
    #expect(isNew == [true, true, true, false, true, false, false, true, true])
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
      let counts = seen.insert(id)
      #expect(counts == isNew, "seed \(seed), step \(step)")
      if isNew { last = (last + [id]).suffix(20) }
    }
  }
}
