import Telemetry
import Testing

@Suite struct HistogramTests {
  private func histogram() -> Histogram {
    MetricsRegistry().histogram("brigade_wait_seconds", "Waits.")
  }

  @Test func `a bound belongs to its own bucket`() {
    let histogram = histogram()
    for nanoseconds: Int64 in [-5, 0, 50_000, 50_001, 10_000_000_000, 10_000_000_001, .max] {
      histogram.record(nanoseconds: nanoseconds)
    }
    let counts = histogram.snapshot().counts
    #expect(counts.count == 18)
    #expect(counts[0] == 3)
    #expect(counts[1] == 1)
    #expect(counts[16] == 1)
    #expect(counts[17] == 2)
    #expect(counts.reduce(0, +) == 7)
  }

  @Test func `durations are shown in seconds`() {
    let histogram = histogram()
    histogram.record(nanoseconds: 1_500_000_000)
    histogram.record(nanoseconds: 500_000_000)
    let snapshot = histogram.snapshot()
    #expect(
      snapshot.upperBounds == [
        0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
        1, 2.5, 5, 10,
      ])
    #expect(snapshot.sum == 2)
    #expect(snapshot.mean == 1)
  }

  @Test func `counts are shown as they are`() {
    let histogram = MetricsRegistry().histogram(
      "brigade_batch_rows", "Rows.", buckets: .counts([1, 10, 100]))
    for value in [1, 7, 1000] { histogram.record(value) }
    #expect(histogram.snapshot().counts == [1, 1, 0, 1])
    #expect(histogram.snapshot().upperBounds == [1, 10, 100])
    #expect(histogram.snapshot().sum == 1008)
  }

  @Test func `quantiles are interpolated inside a bucket`() throws {
    let histogram = MetricsRegistry().histogram(
      "brigade_batch_rows", "Rows.", buckets: .counts([10, 20, 40]))
    #expect(histogram.snapshot().quantile(0.5) == nil)
    #expect(histogram.snapshot().mean == nil)
    for _ in 0..<10 { histogram.record(15) }
    for _ in 0..<10 { histogram.record(35) }
    let snapshot = histogram.snapshot()
    #expect(snapshot.quantile(0) == 10)
    #expect(snapshot.quantile(0.25) == 15)
    #expect(snapshot.quantile(0.5) == 20)
    #expect(snapshot.quantile(0.75) == 30)
    #expect(snapshot.quantile(1) == 40)
    for _ in 0..<100 { histogram.record(1000) }
    #expect(histogram.snapshot().quantile(0.99) == 40)
  }

  @Test func `snapshots subtract and merge`() {
    let histogram = histogram()
    histogram.record(nanoseconds: 1_000_000)
    let earlier = histogram.snapshot()
    histogram.record(nanoseconds: 2_000_000_000)
    let later = histogram.snapshot()
    let between = later.since(earlier)
    #expect(between.count == 1)
    #expect(abs(between.sum - 2) < 1e-12)
    #expect(between.quantile(1) == 2.5)
    #expect(between.merged(with: earlier).counts == later.counts)
  }
}
