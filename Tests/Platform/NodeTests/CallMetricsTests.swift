import Telemetry
import Testing

@testable import Node
@testable import RPC

@Suite struct CallMetricsTests {
  private let registry = MetricsRegistry()

  /// As a server tells of one from its beginning to its end.
  private func run(
    _ method: String, _ code: Code, nanoseconds: Int64 = 0, through interceptor: Interceptor
  ) throws {
    var call = InterceptedCall(
      side: .server, method: method, deadline: .now(), trace: TraceContext(), requestMetadata: [])
    try interceptor(.begins, &call)
    call.code = code
    call.queueNanoseconds = 2_000_000_000
    call.nanoseconds = nanoseconds
    try interceptor(.answers, &call)
    try interceptor(.ends, &call)
  }

  private func value(_ series: String) -> String? {
    registry.renderPrometheus().split(separator: "\n").first { $0.hasPrefix(series + " ") }
      .map { String($0.dropFirst(series.utf8.count + 1)) }
  }

  private func series(_ suffix: String, _ method: String, _ code: String) -> String {
    "rpc_server_call_duration_seconds_\(suffix)"
      + "{rpc_method=\"\(method)\",rpc_response_status_code=\"\(code)\"}"
  }

  @Test func `calls are counted and timed by method and code, as they first come`() throws {
    let metrics = CallMetrics(registry).interceptor
    #expect(value(series("count", "a/b", "OK")) == nil)
    try run("a/b", .ok, nanoseconds: 500_000_000, through: metrics)
    try run("a/b", .ok, nanoseconds: 1_500_000_000, through: metrics)
    try run("a/b", .deadlineExceeded, through: metrics)
    try run("a/c", .ok, through: metrics)
    #expect(value(series("count", "a/b", "OK")) == "2")
    #expect(value(series("sum", "a/b", "OK")) == "2")
    #expect(value(series("count", "a/b", "DEADLINE_EXCEEDED")) == "1")
    #expect(value(series("count", "a/c", "OK")) == "1")
  }

  @Test func `time in the queue is one histogram for all methods`() throws {
    let metrics = CallMetrics(registry).interceptor
    try run("a/b", .ok, through: metrics)
    try run("a/c", .internal, through: metrics)
    #expect(value("brigade_server_queue_duration_seconds_count") == "2")
    #expect(value("brigade_server_queue_duration_seconds_sum") == "4")
  }
}
