import Telemetry
import TestSupport
import Testing

@Suite struct TraceReplayTests {
  @Test func `a hop that all wait for saves what it is faster by`() {
    let replay = TraceReplay(SmallTrace.trace(100, [("a", 10, 40), ("b", 50, 90)]))
    #expect(replay.microseconds(ifFaster: "a", by: 0.5) == 85)
    #expect(replay.microseconds(ifFaster: "b", by: 1) == 60)
    #expect(replay.microseconds(ifFaster: "b", by: 0) == 100)
    #expect(replay.microseconds(ifFaster: "no such hop", by: 1) == 100)
  }

  @Test func `what ran beside it becomes what is waited for`() {
    let replay = TraceReplay(
      SmallTrace.trace(100, [("user", 0, 60), ("search", 0, 80), ("score", 80, 100)]))
    // Twenty are saved, and no more, however fast it gets.
    #expect(replay.microseconds(ifFaster: "search", by: 0.25) == 80)
    #expect(replay.microseconds(ifFaster: "search", by: 0.9) == 80)
    #expect(replay.microseconds(ifFaster: "user", by: 1) == 100)
  }

  @Test func `a hop that comes twice is faster twice`() {
    let replay = TraceReplay(SmallTrace.trace(100, [("a", 0, 40), ("a", 40, 100)]))
    #expect(replay.microseconds(ifFaster: "a", by: 0.5) == 50)
  }

  @Test(arguments: 1...200 as ClosedRange<UInt64>)
  func `no hop makes a request slower by being faster, nor more than by its own time`(seed: UInt64)
  {
    var random = SeededGenerator(seed: seed)
    var children: [(name: String, start: UInt64, end: UInt64)] = []
    for index in 0..<UInt64.random(in: 0...6, using: &random) {
      let start = UInt64.random(in: 0...1_000, using: &random)
      children.append(("h\(index)", start, .random(in: start...1_000, using: &random)))
    }
    let replay = TraceReplay(SmallTrace.trace(1_000, children))
    for child in children {
      var before = 1_000.0
      for share in [0.0, 0.1, 0.5, 0.9, 1] {
        let time = replay.microseconds(ifFaster: child.name, by: share)
        #expect(time <= before + 1e-6, "seed \(seed)")
        #expect(time >= 1_000 - Double(child.end - child.start) * share - 1e-6, "seed \(seed)")
        before = time
      }
    }
  }
}
