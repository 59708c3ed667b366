import Definitions
import Glibc
import TestSupport
import Testing

/// Against the definition, event by event.
struct TimelineTests {
  private let halfLives: [Int64] = [1_000, 60_000]

  @Test func `every aggregate equals its definition at every moment`() {
    var generator = SeededGenerator(seed: 11)
    var timeline = Timeline(halfLivesMilliseconds: halfLives)
    var events: [(time: Int64, value: Double)] = []
    var time: Int64 = -5_000
    for _ in 0..<300 {
      time += Int64.random(in: 0...400, using: &generator)
      let value = Double(Int.random(in: 1...50, using: &generator))
      events.append((time, value))
      timeline.append(timeMilliseconds: time, value: value)
    }
    #expect(timeline.count == events.count)
    for _ in 0..<500 {
      let from = Int64.random(in: -6_000...time, using: &generator)
      let through = Int64.random(in: -6_000...(time + 6_000), using: &generator)
      let window = events.filter { from < $0.time && $0.time <= through }
      #expect(timeline.count(from: from, through: through) == window.count)
      #expect(timeline.sum(from: from, through: through) == window.reduce(0) { $0 + $1.value })
      let past = events.filter { $0.time <= through }
      #expect(timeline.last(through: through) == past.last?.time)
      for (index, halfLife) in halfLives.enumerated() {
        let expected = past.reduce(0) { $0 + exp2(-Double(through - $1.time) / Double(halfLife)) }
        let found = timeline.decayed(index, at: through)
        #expect(abs(found - expected) <= 1e-12 * max(1, expected))
      }
    }
  }

  @Test func `nothing is there before the first event`() {
    var timeline = Timeline(halfLivesMilliseconds: halfLives)
    #expect(timeline.count == 0)
    #expect(timeline.last(through: .max) == nil)
    #expect(timeline.count(from: .min, through: .max) == 0)
    #expect(timeline.sum(from: .min, through: .max) == 0)
    #expect(timeline.decayed(0, at: 5) == 0)
    timeline.append(timeMilliseconds: 10, value: 2)
    #expect(timeline.decayed(0, at: 9) == 0)
    #expect(timeline.decayed(0, at: 10) == 1)
    #expect(timeline.count(from: 10, through: 20) == 0)
    #expect(timeline.count(from: 9, through: 10) == 1)
    #expect(timeline.count(from: 20, through: 10) == 0)
    #expect(timeline.sum(from: 20, through: 10) == 0)
  }

  @Test func `a late event counts from the last one's time on`() {
    var timeline = Timeline(halfLivesMilliseconds: halfLives)
    timeline.append(timeMilliseconds: 1_000, value: 1)
    timeline.append(timeMilliseconds: 400, value: 5)
    #expect(timeline.count(from: 0, through: 999) == 0)
    #expect(timeline.sum(from: 999, through: 1_000) == 6)
    #expect(timeline.decayed(0, at: 2_000) == 1)
  }

  @Test func `over the limit, totals and decay stay right and memory is bounded`() {
    var limited = Timeline(halfLivesMilliseconds: halfLives, eventsMax: 10)
    var full = Timeline(halfLivesMilliseconds: halfLives)
    for index in 0..<1_000 {
      for value in [1.0, 3] {
        limited.append(timeMilliseconds: Int64(index) * 10, value: value)
        full.append(timeMilliseconds: Int64(index) * 10, value: value)
      }
      let now = Int64(index) * 10 + 3
      #expect(limited.count == full.count)
      #expect(limited.count(from: .min, through: now) == full.count)
      #expect(limited.sum(from: .min, through: now) == full.sum(from: .min, through: now))
      #expect(limited.decayed(1, at: now) == full.decayed(1, at: now))
      #expect(limited.last(through: now) == full.last(through: now))
      #expect(
        limited.count(from: now - 13, through: now) == full.count(from: now - 13, through: now))
      #expect(limited.sum(from: now - 13, through: now) == full.sum(from: now - 13, through: now))
    }
    // A window that begins in the folded part counts what is kept of it.
    let kept = limited.count(from: 5_000, through: .max)
    #expect(kept > 0 && kept <= 10)
    #expect(limited.count(from: .min, through: 100) == 0)
  }

  @Test func `times at the ends of their range do not trap`() {
    var timeline = Timeline(halfLivesMilliseconds: [1])
    timeline.append(timeMilliseconds: .min, value: 1)
    timeline.append(timeMilliseconds: .max, value: .infinity)
    #expect(timeline.decayed(0, at: .max) == 1)
    #expect(timeline.count(from: .min, through: .max) == 1)
  }
}
