import Telemetry
import Testing

@Suite struct ExportQueueTests {
  private let start = Instant(nanoseconds: 0)
  private func at(_ milliseconds: Int64) -> Instant { start.adding(milliseconds: milliseconds) }

  private func queue(_ count: Int) -> ExportQueue {
    var queue = ExportQueue()
    for number in 0..<count { queue.offer(SmallTrace.trace(1, low: UInt64(number) + 1)) }
    return queue
  }

  @Test func `batches leave in order and are gone once taken`() {
    var queue = queue(ExportQueue.batchMax + 1)
    #expect(queue.batch(start).map(\.id.low) == Array(1...UInt64(ExportQueue.batchMax)))
    queue.sent(ExportQueue.batchMax, .taken(rejectedSpans: 3), start)
    #expect(queue.batch(start).map(\.id.low) == [UInt64(ExportQueue.batchMax) + 1])
    #expect(queue.exported == UInt64(ExportQueue.batchMax) && queue.rejectedSpans == 3)
  }

  @Test func `a full queue takes nothing more, and counts that`() {
    let queue = queue(ExportQueue.waitingMax + 5)
    #expect(queue.count == ExportQueue.waitingMax && queue.droppedFull == 5)
    #expect(queue.batch(start).first?.id.low == 1)
  }

  @Test func `a receiver that is away is given ever more time, and a batch is given up at last`() {
    var queue = queue(ExportQueue.batchMax + 1)
    var (now, pauses) = (start, [Int64]())
    for _ in 0..<5 {
      let count = queue.batch(now).count
      #expect(count == ExportQueue.batchMax)
      queue.sent(count, .notNow, now)
      var pause: Int64 = 0
      while queue.batch(now.adding(milliseconds: pause)).isEmpty { pause += 100 }
      pauses.append(pause)
      now = now.adding(milliseconds: pause)
    }
    #expect(pauses == [500, 1_000, 2_000, 4_000, 8_000])
    #expect(queue.droppedUnsent == UInt64(ExportQueue.batchMax) && queue.count == 1)
  }

  @Test func `what is refused is not sent again`() {
    var queue = queue(3)
    queue.sent(2, .refused, start)
    #expect(queue.droppedUnsent == 2 && queue.batch(start).map(\.id.low) == [3])
  }

  @Test func `at the end a pause counts no more, and what is left is counted as dropped`() {
    var queue = queue(ExportQueue.batchMax + 1)
    queue.sent(ExportQueue.batchMax, .notNow, start)
    #expect(queue.batch(start).isEmpty && queue.lastBatch.count == ExportQueue.batchMax)
    queue.sent(ExportQueue.batchMax, .taken(rejectedSpans: 0), start)
    #expect(queue.lastBatch.count == 1)
    #expect(queue.close() == 1)
    #expect(queue.droppedUnsent == 1 && queue.exported == UInt64(ExportQueue.batchMax))
    // The answer to what was under way, and a trace that comes too late.
    queue.sent(1, .taken(rejectedSpans: 0), start)
    queue.offer(SmallTrace.trace(1, low: 7))
    #expect(queue.exported == UInt64(ExportQueue.batchMax) && queue.droppedUnsent == 2)
    #expect(queue.lastBatch.isEmpty)
  }

  @Test func `a success ends the pauses`() {
    var queue = queue(2)
    queue.sent(2, .notNow, start)
    #expect(queue.batch(at(499)).isEmpty && queue.batch(at(500)).count == 2)
    queue.sent(1, .taken(rejectedSpans: 0), at(500))
    #expect(queue.batch(at(500)).count == 1)
    queue.sent(1, .notNow, at(500))
    #expect(queue.batch(at(999)).isEmpty && !queue.batch(at(1_000)).isEmpty)
  }
}
