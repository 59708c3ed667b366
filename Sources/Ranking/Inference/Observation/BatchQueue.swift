package import RPC
internal import Synchronization
package import Telemetry

/// Brings scored batches from the loops to a thread of low priority, without making a loop wait:
/// what does not fit is dropped and counted.
package final class BatchQueue: Sendable {
  private let waiting = Atomic<Int>(0)
  private let limit: Int
  private let thread: EventLoop
  private let dropped: Counter
  private let work: @Sendable (ScoredBatch) -> Void

  /// - Parameters:
  ///   - limit: batches that wait; each keeps its rows, up to a frame of them, in memory.
  ///   - work: called on `thread`, for one batch after the other.
  package init(
    limit: Int, thread: EventLoop, dropped: Counter, work: @escaping @Sendable (ScoredBatch) -> Void
  ) {
    self.limit = limit
    self.thread = thread
    self.dropped = dropped
    self.work = work
  }

  package func offer(_ batch: @autoclosure () -> ScoredBatch) {
    guard waiting.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
      waiting.wrappingSubtract(1, ordering: .relaxed)
      return dropped.increment()
    }
    thread.post { [self, batch = batch()] in
      work(batch)
      waiting.wrappingSubtract(1, ordering: .relaxed)
    }
  }
}
