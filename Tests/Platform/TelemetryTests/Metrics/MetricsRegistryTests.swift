import Telemetry
import Testing

@Suite struct MetricsRegistryTests {
  @Test func `the text format is Prometheus' own`() {
    let registry = MetricsRegistry()
    registry.gauge("brigade_level_ratio", "A level\nwith \\ and \"quotes\".").set(0.25)
    registry.counter("brigade_calls_total", "Calls.", labels: ["code": "ok"]).increment(by: 3)
    registry.counter("brigade_calls_total", "Calls.", labels: ["code": "a\"b\\c\nd"]).increment()
    registry.counter("process_cpu_seconds_total", "CPU time.") { 1.5 }
    registry.gauge("brigade_odd", "Odd values.", labels: ["is": "nan"]) { .nan }
    registry.gauge("brigade_odd", "Odd values.", labels: ["is": "inf"]) { -.infinity }
    #expect(
      registry.renderPrometheus() == #"""
        # HELP brigade_calls_total Calls.
        # TYPE brigade_calls_total counter
        brigade_calls_total{code="ok"} 3
        brigade_calls_total{code="a\"b\\c\nd"} 1
        # HELP brigade_level_ratio A level\nwith \\ and "quotes".
        # TYPE brigade_level_ratio gauge
        brigade_level_ratio 0.25
        # HELP brigade_odd Odd values.
        # TYPE brigade_odd gauge
        brigade_odd{is="nan"} NaN
        brigade_odd{is="inf"} -Inf
        # HELP process_cpu_seconds_total CPU time.
        # TYPE process_cpu_seconds_total counter
        process_cpu_seconds_total 1.5

        """#)
  }

  @Test func `the sum of a name's series is what they are together, now`() {
    let registry = MetricsRegistry()
    registry.counter("brigade_calls_total", "Calls.", labels: ["code": "a"]).increment(by: 3)
    registry.counter("brigade_calls_total", "Calls.", labels: ["code": "b"]).increment()
    registry.counter("brigade_read_total", "Read elsewhere.") { 1.5 }
    registry.gauge("brigade_level_ratio", "A level.").set(0.25)
    #expect(registry.sum("brigade_calls_total") == 4)
    #expect(registry.sum("brigade_read_total") == 1.5)
    #expect(registry.sum("brigade_level_ratio") == 0.25)
    #expect(registry.sum("brigade_calls") == nil)
  }

  @Test func `a histogram's buckets accumulate and end in its count`() {
    let registry = MetricsRegistry()
    let histogram = registry.histogram(
      "brigade_batch_rows", "Rows.", labels: ["shard": "1"], buckets: .counts([1, 10]))
    for value in [1, 5, 5, 50] { histogram.record(value) }
    #expect(
      registry.renderPrometheus() == """
        # HELP brigade_batch_rows Rows.
        # TYPE brigade_batch_rows histogram
        brigade_batch_rows_bucket{shard="1",le="1"} 1
        brigade_batch_rows_bucket{shard="1",le="10"} 3
        brigade_batch_rows_bucket{shard="1",le="+Inf"} 4
        brigade_batch_rows_sum{shard="1"} 61
        brigade_batch_rows_count{shard="1"} 4

        """)
  }

  @Test func `bounds of durations are short`() {
    let registry = MetricsRegistry()
    _ = registry.histogram("brigade_wait_seconds", "Waits.")
    let text = registry.renderPrometheus()
    for bound in [
      "5e-05", "0.0001", "0.00025", "0.0005", "0.001", "0.0025", "0.005", "1", "2.5", "10",
    ] {
      #expect(text.contains("{le=\"\(bound)\"} 0\n"), "\(bound)")
    }
  }

  @Test func `a sampled metric may use the registry`() {
    let registry = MetricsRegistry()
    registry.gauge("brigade_nested", "Nested.") { [unowned registry] in
      _ = registry.counter("brigade_reads_total", "Reads.")
      return 1
    }
    #expect(registry.renderPrometheus().contains("brigade_nested 1\n"))
  }
}

@Suite struct MetricsRegistryTrapTests {
  @Test func `a series that was removed is not told, and may be registered anew`() {
    let registry = MetricsRegistry()
    let first = registry.counter("brigade_calls_total", "Calls.", labels: ["replica": "a"])
    _ = registry.counter("brigade_calls_total", "Calls.", labels: ["replica": "b"])
    first.increment(by: 7)
    registry.remove("brigade_calls_total", labels: ["replica": "a"])
    registry.remove("brigade_calls_total", labels: ["replica": "never"])
    registry.remove("brigade_unknown_total", labels: [:])
    first.increment()
    #expect(!registry.renderPrometheus().contains("replica=\"a\""))
    #expect(registry.sum("brigade_calls_total") == 0)
    _ = registry.counter("brigade_calls_total", "Calls.", labels: ["replica": "a"])
    #expect(registry.renderPrometheus().contains("{replica=\"a\"} 0\n"))
    for replica in ["a", "b"] {
      registry.remove("brigade_calls_total", labels: ["replica": replica])
    }
    #expect(registry.renderPrometheus().isEmpty)
  }

  @Test func `the greatest of a name's series is told`() {
    let registry = MetricsRegistry()
    #expect(registry.max("brigade_lag_seconds") == nil)
    registry.gauge("brigade_lag_seconds", "Lag.", labels: ["loop": "0"]).set(0.5)
    registry.gauge("brigade_lag_seconds", "Lag.", labels: ["loop": "1"]) { 2.5 }
    #expect(registry.max("brigade_lag_seconds") == 2.5 && registry.sum("brigade_lag_seconds") == 3)
  }

  @Test func `registering twice is a bug`() async {
    await #expect(processExitsWith: .failure) {
      let registry = MetricsRegistry()
      _ = registry.counter("brigade_calls_total", "Calls.", labels: ["code": "ok"])
      _ = registry.counter("brigade_calls_total", "Calls.", labels: ["code": "ok"])
    }
  }

  @Test func `one name has one kind`() async {
    await #expect(processExitsWith: .failure) {
      let registry = MetricsRegistry()
      _ = registry.gauge("brigade_level", "A level.")
      _ = registry.histogram("brigade_level", "A level.", buckets: .counts([1]))
    }
  }

  @Test func `all series of a name have the same labels`() async {
    await #expect(processExitsWith: .failure) {
      let registry = MetricsRegistry()
      _ = registry.gauge("brigade_level", "A level.", labels: ["a": "1"])
      _ = registry.gauge("brigade_level", "A level.", labels: ["b": "1"])
    }
  }

  @Test func `a bad name is a bug`() async {
    await #expect(processExitsWith: .failure) {
      _ = MetricsRegistry().counter("brigade_calls", "Calls.")
    }
  }
}
