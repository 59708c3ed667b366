import Messages
import Testing

@testable import Gateway

@Suite struct ForwardQueueTests {
  private func decision(_ id: String, events: Int = 1, bytes: Int = 10) -> SpooledDecision {
    SpooledDecision(events: (0..<events).map { Samples.event("\(id)/\($0 + 1)") }, bytes: bytes)
  }

  private func queue(_ decisions: [SpooledDecision]) -> ForwardQueue {
    var queue = ForwardQueue()
    queue.load(decisions)
    return queue
  }

  private func ids(_ decisions: ArraySlice<SpooledDecision>) -> [String] {
    decisions.flatMap { $0.events.map(\.id) }
  }

  @Test func `decisions go together up to a thousand events`() {
    var queue = queue((0..<7).map { decision("\($0)", events: 200) })
    #expect(queue.next.count == 5)
    queue.acknowledged(5)
    #expect(queue.next.count == 2)
    queue.acknowledged(2)
    #expect(queue.isEmpty && queue.next.isEmpty)
    #expect(queue.takeSettled() == 7)
    #expect(queue.takeSettled() == 0)
  }

  @Test func `and up to a MiB, where one alone may be larger`() {
    var queue = queue([
      decision("a", bytes: 2 << 20), decision("b", bytes: 1 << 19), decision("c", bytes: 1 << 19),
      decision("d", bytes: 1),
    ])
    #expect(ids(queue.next) == ["a/1"])
    queue.acknowledged(1)
    #expect(ids(queue.next) == ["b/1", "c/1"])
  }

  @Test func `a refused batch is sent one by one, and only the bad one is dropped`() {
    var queue = queue(["a", "b", "c", "d"].map { decision($0) })
    #expect(queue.refused(3) == nil)
    #expect(ids(queue.next) == ["a/1"])
    queue.acknowledged(1)
    #expect(ids(queue.next) == ["b/1"])
    #expect(queue.refused(1)?.events.map(\.id) == ["b/1"])
    #expect(ids(queue.next) == ["c/1"])
    queue.acknowledged(1)
    #expect(ids(queue.next) == ["d/1"])
    queue.load([decision("e")])
    #expect(ids(queue.next) == ["d/1", "e/1"])
    #expect(queue.takeSettled() == 3)
  }

  @Test func `a failure leaves what is next as it was`() {
    let queue = queue(["a", "b"].map { decision($0) })
    #expect(ids(queue.next) == ids(queue.next))
    #expect(queue.next.count == 2)
  }
}
