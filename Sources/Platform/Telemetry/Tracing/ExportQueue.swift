/// Traces on their way to a receiver, and what becomes of them when it is slow or away. Pure.
///
/// Full, it takes nothing more; a batch that the receiver does not take now is offered again, ever
/// later, and given up after a few times.
package struct ExportQueue: Sendable {
  /// Waiting for the receiver: at a hundred kept a second, five seconds of its absence.
  package static let waitingMax = 512
  /// In one request: about half a megabyte.
  package static let batchMax = 64
  private static let triesMax = 5
  private static let firstPauseMilliseconds: Int64 = 500
  private static let lastPauseMilliseconds: Int64 = 30_000

  /// How a receiver answered.
  package enum Answer: Equatable, Sendable {
    /// But for so many spans.
    case taken(rejectedSpans: UInt64)
    /// Another time, perhaps.
    case notNow
    /// Never.
    case refused
  }

  private var waiting: [Trace] = []
  private var tries = 0
  private var notBefore = Instant(nanoseconds: .min)
  private var isClosed = false
  package private(set) var exported: UInt64 = 0
  package private(set) var droppedFull: UInt64 = 0
  package private(set) var droppedUnsent: UInt64 = 0
  package private(set) var rejectedSpans: UInt64 = 0

  package init() {}

  package var count: Int { waiting.count }

  package mutating func offer(_ trace: Trace) {
    guard !isClosed else {
      droppedUnsent += 1
      return
    }
    guard waiting.count < Self.waitingMax else {
      droppedFull += 1
      return
    }
    waiting.append(trace)
  }

  /// What to send now; empty when nothing waits, or the receiver is given time.
  package func batch(_ now: Instant) -> ArraySlice<Trace> {
    now < notBefore ? [] : waiting.prefix(Self.batchMax)
  }

  /// What to send when there is no later any more, whether or not the receiver is given time.
  package var lastBatch: ArraySlice<Trace> { waiting.prefix(Self.batchMax) }

  /// Nothing is sent any more: what waits is dropped, and what comes is.
  /// - Returns: how many traces waited.
  package mutating func close() -> Int {
    isClosed = true
    let left = waiting.count
    droppedUnsent += UInt64(left)
    forget(left)
    return left
  }

  /// - Parameter count: of the batch that was sent.
  package mutating func sent(_ count: Int, _ answer: Answer, _ now: Instant) {
    // What was under way then has been counted.
    guard !isClosed else { return }
    switch answer {
    case .taken(let rejected):
      exported += UInt64(count)
      rejectedSpans += rejected
      forget(count)
    case .refused:
      droppedUnsent += UInt64(count)
      forget(count)
    case .notNow:
      tries += 1
      let pause = min(
        Self.firstPauseMilliseconds << min(Int64(tries - 1), 16), Self.lastPauseMilliseconds)
      notBefore = now.adding(milliseconds: pause)
      guard tries >= Self.triesMax else { return }
      droppedUnsent += UInt64(count)
      let pauseEnd = notBefore
      forget(count)
      // The next batch would fare no better at once.
      notBefore = pauseEnd
    }
  }

  private mutating func forget(_ count: Int) {
    waiting.removeFirst(min(count, waiting.count))
    tries = 0
    notBefore = Instant(nanoseconds: .min)
  }
}
