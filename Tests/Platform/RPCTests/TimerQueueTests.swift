import Telemetry
import TestSupport
import Testing

@testable import RPC

@Suite struct TimerQueueTests {
  @Test func `timers come due as a sorted list would have it`() {
    for seed in UInt64(1)...30 {
      var random = SeededGenerator(seed: seed)
      var queue = TimerQueue()
      var reference: [TimerQueue.ID: Int64] = [:]
      var now: Int64 = 0
      for _ in 0..<2_000 {
        switch Int.random(in: 0..<4, using: &random) {
        case 0, 1:
          let deadline = now + .random(in: -5...200, using: &random)
          reference[queue.schedule(at: Instant(nanoseconds: deadline))] = deadline
        case 2:
          guard let id = reference.keys.sorted().randomElement(using: &random) else { continue }
          queue.cancel(id)
          reference[id] = nil
        default:
          now += .random(in: 0...30, using: &random)
          while let id = queue.popDue(Instant(nanoseconds: now)) {
            #expect(reference[id] == reference.values.min(), "seed \(seed)")
            reference[id] = nil
          }
          #expect(reference.values.allSatisfy { $0 > now }, "seed \(seed)")
        }
        #expect(queue.count == reference.count)
        let first = reference.values.min() ?? .max
        #expect(queue.wakeAt?.nanoseconds ?? .max <= first, "seed \(seed)")
        #expect(queue.staleCount <= max(queue.count, TimerQueue.staleLeast), "seed \(seed)")
      }
    }
  }

  @Test func `cancelling most of many leaves the rest in order`() {
    var queue = TimerQueue()
    let timers = (0..<1_000).map {
      ($0, queue.schedule(at: Instant(nanoseconds: Int64(1_000 - $0))))
    }
    for (index, id) in timers where index % 10 != 0 { queue.cancel(id) }
    var due: [TimerQueue.ID] = []
    while let id = queue.popDue(.distantFuture) { due.append(id) }
    #expect(due == timers.filter { $0.0 % 10 == 0 }.map(\.1).reversed())
  }

  @Test func `what ends long before its deadline leaves nothing behind`() {
    var queue = TimerQueue()
    var running: [TimerQueue.ID] = []
    for now in 0..<Int64(10_000) {
      running.append(queue.schedule(at: Instant(nanoseconds: now + 1_000_000)))
      if running.count > 100 { queue.cancel(running.removeFirst()) }
    }
    #expect(queue.count == 100)
    #expect(queue.staleCount <= 100)
  }

  @Test func `cancelling twice, or what has come due, does nothing`() {
    var queue = TimerQueue()
    let id = queue.schedule(at: Instant(nanoseconds: 1))
    let other = queue.schedule(at: Instant(nanoseconds: 2))
    #expect(queue.popDue(Instant(nanoseconds: 0)) == nil)
    #expect(queue.popDue(Instant(nanoseconds: 1)) == id)
    queue.cancel(id)
    queue.cancel(id)
    #expect(queue.count == 1)
    queue.cancel(other)
    #expect(queue.count == 0 && queue.popDue(.distantFuture) == nil)
    #expect(queue.wakeAt == nil)
  }
}
