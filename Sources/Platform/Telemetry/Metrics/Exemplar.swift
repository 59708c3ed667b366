internal import Synchronization

/// A trace that shows what a histogram's bucket is made of.
struct Exemplar: Equatable, Sendable {
  let trace: TraceID
  /// As recorded: nanoseconds, or a count.
  let value: Int64
  let unixMilliseconds: Int64
}

/// The last exemplar of one bucket, kept without a lock: may be set and read on any thread.
///
/// Its version is odd while it is being set; who reads looks whether the version was the same before
/// and after.
struct ExemplarSlot: ~Copyable {
  private static let triesMax = 8

  private let version = Atomic<UInt64>(0)
  private let traceHigh = Atomic<UInt64>(0)
  private let traceLow = Atomic<UInt64>(0)
  private let value = Atomic<Int64>(0)
  private let unixMilliseconds = Atomic<Int64>(0)

  /// Does nothing while another thread sets it: that one's exemplar is as good.
  borrowing func set(_ exemplar: Exemplar) {
    let before = version.load(ordering: .relaxed)
    guard before & 1 == 0,
      version.compareExchange(
        expected: before, desired: before &+ 1, ordering: .acquiringAndReleasing
      ).exchanged
    else { return }
    traceHigh.store(exemplar.trace.high, ordering: .releasing)
    traceLow.store(exemplar.trace.low, ordering: .releasing)
    value.store(exemplar.value, ordering: .releasing)
    unixMilliseconds.store(exemplar.unixMilliseconds, ordering: .releasing)
    version.store(before &+ 2, ordering: .releasing)
  }

  /// Nil when there is none yet, or it is set again and again meanwhile.
  borrowing func get() -> Exemplar? {
    for _ in 0..<Self.triesMax {
      let before = version.load(ordering: .acquiring)
      guard before > 0 else { return nil }
      let exemplar = Exemplar(
        trace: TraceID(
          high: traceHigh.load(ordering: .acquiring), low: traceLow.load(ordering: .acquiring)),
        value: value.load(ordering: .acquiring),
        unixMilliseconds: unixMilliseconds.load(ordering: .acquiring))
      if before & 1 == 0, version.load(ordering: .relaxed) == before { return exemplar }
    }
    return nil
  }
}
