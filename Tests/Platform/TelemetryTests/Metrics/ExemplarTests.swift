import Testing

@testable import Telemetry

@Suite struct ExemplarTests {
  private let trace = TraceID(high: 1, low: 2)

  private func lines(_ metrics: MetricsRegistry) -> [String] {
    metrics.render(.openMetrics).split(separator: "\n").map(String.init)
  }

  @Test func `a bucket names the last trace that was kept of it`() {
    let metrics = MetricsRegistry()
    let histogram = metrics.histogram("brigade_wait_seconds", "Waits")
    histogram.record(nanoseconds: 700_000)
    histogram.exemplify(
      nanoseconds: 700_000, trace: TraceID(high: 9, low: 9), unixMilliseconds: 1_000)
    histogram.exemplify(nanoseconds: 800_000, trace: trace, unixMilliseconds: 1_700_000_000_250)
    let bucket = lines(metrics).filter { $0.contains("# {") }
    #expect(
      bucket == [
        "brigade_wait_seconds_bucket{le=\"0.001\"} 1 "
          + "# {trace_id=\"00000000000000010000000000000002\"} 0.0008 1700000000.25"
      ])
    // It counts for nothing.
    #expect(lines(metrics).contains("brigade_wait_seconds_count 1"))
  }

  @Test func `Prometheus' own format has none`() {
    let metrics = MetricsRegistry()
    metrics.histogram("brigade_wait_seconds", "Waits").exemplify(
      nanoseconds: 5, trace: trace, unixMilliseconds: 1)
    #expect(!metrics.renderPrometheus().contains("trace_id"))
    #expect(!metrics.renderPrometheus().contains("# EOF"))
  }

  @Test func `OpenMetrics names counters' families without total, and ends`() {
    let metrics = MetricsRegistry()
    metrics.counter("brigade_things_total", "Things \"seen\"").increment()
    metrics.gauge("brigade_level", "Level").set(3)
    #expect(
      lines(metrics) == [
        "# HELP brigade_level Level", "# TYPE brigade_level gauge", "brigade_level 3",
        "# HELP brigade_things Things \\\"seen\\\"", "# TYPE brigade_things counter",
        "brigade_things_total 1", "# EOF",
      ])
  }

  @Test func `bounds are written as OpenMetrics has numbers`() {
    let metrics = MetricsRegistry()
    _ = metrics.histogram("brigade_wait_seconds", "Waits")
    let bounds = lines(metrics).filter { $0.contains("le=\"1") || $0.contains("Inf") }
    #expect(
      bounds == [
        "brigade_wait_seconds_bucket{le=\"1.0\"} 0", "brigade_wait_seconds_bucket{le=\"10.0\"} 0",
        "brigade_wait_seconds_bucket{le=\"+Inf\"} 0",
      ])
  }

  @Test func `what several threads set is read whole`() async {
    let metrics = MetricsRegistry()
    let histogram = metrics.histogram("brigade_wait_seconds", "Waits")
    await withTaskGroup { group in
      for writer in UInt64(1)...3 {
        group.addTask {
          for number in UInt64(1)...2_000 {
            histogram.exemplify(
              nanoseconds: 5, trace: TraceID(high: writer, low: writer &* number),
              unixMilliseconds: Int64(number))
          }
        }
      }
      group.addTask {
        for _ in 0..<2_000 {
          guard let (exemplar, _) = histogram.shownExemplars()[0] else { continue }
          let parts = exemplar.trace.high &* UInt64(exemplar.unixMilliseconds)
          #expect(exemplar.trace.low == parts)
        }
      }
    }
    #expect(histogram.shownExemplars()[0] != nil)
  }
}
