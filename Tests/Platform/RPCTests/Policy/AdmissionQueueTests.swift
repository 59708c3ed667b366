internal import RPC
internal import Telemetry
import Testing

struct AdmissionQueueTests {
  private let now = Instant(nanoseconds: 1_000_000_000)
  private var soon: Instant { now.adding(milliseconds: 10) }

  private func drained(_ queue: inout AdmissionQueue<Int>, _ now: Instant) -> [String] {
    var turns: [String] = []
    while let turn = queue.next(now) { turns.append("\(turn)") }
    return turns
  }

  @Test func `the more urgent go first, and among equals the older`() {
    var queue = AdmissionQueue<Int>()
    for (element, priority) in [(1, 0), (2, 1), (3, 0), (4, 9), (5, 1), (6, 3)] {
      queue.append(element, priority: UInt32(priority), deadline: soon)
    }
    #expect(queue.ahead(of: 0) == 6 && queue.ahead(of: 1) == 4 && queue.ahead(of: 77) == 2)
    #expect(
      drained(&queue, now) == ["run(4)", "run(6)", "run(2)", "run(5)", "run(1)", "run(3)"])
    #expect(queue.isEmpty)
  }

  @Test func `what has expired is never run`() {
    var queue = AdmissionQueue<Int>()
    queue.append(1, priority: 0, deadline: now)
    queue.append(2, priority: 0, deadline: soon)
    #expect(drained(&queue, now) == ["expired(1)", "run(2)"])
  }

  @Test func `room is made by the expired first, then by the youngest of the less urgent`() {
    var queue = AdmissionQueue<Int>()
    queue.append(1, priority: 0, deadline: soon)
    queue.append(2, priority: 0, deadline: now)
    queue.append(3, priority: 0, deadline: soon)
    queue.append(4, priority: 2, deadline: soon)
    #expect("\(queue.shed(for: 0, now)!)" == "expired(2)")
    #expect(queue.shed(for: 0, now) == nil)
    #expect("\(queue.shed(for: 1, now)!)" == "run(3)")
    #expect("\(queue.shed(for: 1, now)!)" == "run(1)")
    #expect(queue.shed(for: 1, now) == nil && queue.shed(for: 2, now) == nil)
    #expect(queue.count == 1)
  }

  @Test func `the expired are counted among those ahead`() {
    var queue = AdmissionQueue<Int>()
    for priority in [0, 0, 1, 2] as [UInt32] {
      queue.append(1, priority: priority, deadline: now)
      queue.append(2, priority: priority, deadline: soon)
    }
    let counts = (0..<4).map { queue.expired(aheadOf: UInt32($0), now) }
    #expect(counts == [4, 2, 1, 0])
    #expect(queue.expired(aheadOf: 0, soon) == 8)
    #expect(queue.count == 8)
  }

  @Test func `the youngest are gone through until enough`() {
    var queue = AdmissionQueue<Int>()
    for element in 0..<6 { queue.append(element, priority: UInt32(element % 2), deadline: soon) }
    _ = queue.next(now)
    var seen: [Int] = []
    queue.forEachYoungest {
      seen.append($0)
      return $0 > 3
    }
    #expect(seen == [4, 2, 5, 3])
  }

  @Test func `many come and go without the queue growing or losing any`() {
    var queue = AdmissionQueue<Int>()
    var (next, expected) = (0, 0)
    for _ in 0..<3_000 {
      for _ in 0..<3 {
        queue.append(next, priority: 0, deadline: soon)
        next += 1
      }
      for _ in 0..<3 {
        guard case .run(expected) = queue.next(now) else {
          Issue.record("not \(expected)")
          return
        }
        expected += 1
      }
    }
    #expect(queue.count == 0)
  }
}
