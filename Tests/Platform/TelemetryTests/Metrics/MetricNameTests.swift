import Testing

@testable import Telemetry

@Suite struct MetricNameTests {
  @Test(arguments: [
    ("brigade_calls_total", MetricFamily.Kind.counter, false), ("brigade_depth", .gauge, false),
    ("brigade_busy_seconds_total", .counter, false), ("brigade_memory_bytes", .gauge, false),
    ("rpc_server_call_duration_seconds", .histogram, true),
    ("brigade_batch_rows", .histogram, false),
    ("process_start_time_seconds", .gauge, false), ("brigade_build_info", .gauge, false),
  ])
  func `names after the rules are fine`(name: String, kind: MetricFamily.Kind, isDuration: Bool) {
    #expect(MetricName.problem(name, kind: kind, isDuration: isDuration) == nil)
  }

  @Test(arguments: [
    ("brigade_calls", MetricFamily.Kind.counter, false), ("brigade_calls_total", .gauge, false),
    ("brigade_calls_total", .histogram, false), ("calls_total", .counter, false),
    ("brigade_Calls_total", .counter, false), ("brigade_a-b_total", .counter, false),
    ("brigade_wait_ms", .gauge, false), ("brigade_wait_milliseconds", .histogram, false),
    ("brigade_wait", .histogram, true), ("brigade_rows_seconds", .histogram, false),
    ("brigade_rows_count", .gauge, false), ("", .gauge, false),
  ])
  func `names against the rules are not`(name: String, kind: MetricFamily.Kind, isDuration: Bool) {
    #expect(MetricName.problem(name, kind: kind, isDuration: isDuration) != nil)
  }
}
