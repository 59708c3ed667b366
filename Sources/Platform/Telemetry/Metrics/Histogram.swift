internal import Synchronization

/// Counts values by bucket. Recording is a short scan and two atomic instructions; may be done on
/// any thread.
package final class Histogram: Sendable {
  private let buckets: HistogramBuckets
  /// One for each bound and one for what is beyond. The pointer is never changed, and what it points
  /// to is atomic.
  private nonisolated(unsafe) let counts: UnsafeMutablePointer<Atomic<UInt64>>
  private let sum = Atomic<UInt64>(0)
  /// One for each of the counts; likewise.
  private nonisolated(unsafe) let exemplars: UnsafeMutablePointer<ExemplarSlot>

  init(_ buckets: HistogramBuckets) {
    self.buckets = buckets
    counts = .allocate(capacity: buckets.upperBounds.count + 1)
    exemplars = .allocate(capacity: buckets.upperBounds.count + 1)
    for index in 0...buckets.upperBounds.count {
      (counts + index).initialize(to: Atomic(0))
      (exemplars + index).initialize(to: ExemplarSlot())
    }
  }

  deinit {
    counts.deinitialize(count: buckets.upperBounds.count + 1)
    counts.deallocate()
    exemplars.deinitialize(count: buckets.upperBounds.count + 1)
    exemplars.deallocate()
  }

  /// For histograms of durations. What is negative counts as zero.
  package func record(nanoseconds: Int64) {
    assert(buckets.areDurations, "this histogram counts things")
    add(nanoseconds)
  }

  /// For histograms of counts. What is negative counts as zero.
  package func record(_ value: Int) {
    assert(!buckets.areDurations, "this histogram measures durations")
    add(Int64(value))
  }

  private func add(_ value: Int64) {
    let value = max(0, value)
    counts[bucket(of: value)].wrappingAdd(1, ordering: .relaxed)
    sum.wrappingAdd(UInt64(value), ordering: .relaxed)
  }

  private func bucket(of value: Int64) -> Int {
    var index = 0
    buckets.upperBounds.withUnsafeBufferPointer { bounds in
      while index < bounds.count, value > bounds[index] { index += 1 }
    }
    return index
  }

  /// Names a trace that took as long as a recorded duration; the last one of each bucket is told to
  /// those who scrape OpenMetrics.
  package func exemplify(nanoseconds: Int64, trace: TraceID, unixMilliseconds: Int64) {
    assert(buckets.areDurations, "this histogram counts things")
    let value = max(0, nanoseconds)
    let exemplar = Exemplar(trace: trace, value: value, unixMilliseconds: unixMilliseconds)
    exemplars[bucket(of: value)].set(exemplar)
  }

  /// By bucket, with values in the unit of the histogram's name.
  func shownExemplars() -> [Int: (exemplar: Exemplar, value: Double)] {
    var shown: [Int: (exemplar: Exemplar, value: Double)] = [:]
    for index in 0...buckets.upperBounds.count {
      guard let exemplar = exemplars[index].get() else { continue }
      shown[index] = (exemplar, Double(exemplar.value) / buckets.unitsPerShown)
    }
    return shown
  }

  /// What was recorded until about now. Others may record meanwhile: the counts agree with each
  /// other, the sum may be a few values ahead or behind.
  package func snapshot() -> HistogramSnapshot {
    HistogramSnapshot(
      upperBounds: buckets.upperBounds.map { Double($0) / buckets.unitsPerShown },
      counts: (0...buckets.upperBounds.count).map { counts[$0].load(ordering: .relaxed) },
      sum: Double(sum.load(ordering: .relaxed)) / buckets.unitsPerShown)
  }
}
