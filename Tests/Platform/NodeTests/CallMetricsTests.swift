import Telemetry
import Testing

@testable import Node
@testable import RPC

@Suite struct CallMetricsTests {
  private let registry = MetricsRegistry()

  private func call(_ method: String, _ code: Code, handlerNanoseconds: Int64 = 0)
    -> EndedCall
  {
    EndedCall(
      method: method, code: code, queueNanoseconds: 2_000_000_000,
      handlerNanoseconds: handlerNanoseconds)
  }

  private func value(_ series: String) -> String? {
    registry.renderPrometheus().split(separator: "\n").first { $0.hasPrefix(series + " ") }
      .map { String($0.dropFirst(series.utf8.count + 1)) }
  }

  private func series(_ suffix: String, _ method: String, _ code: String) -> String {
    "rpc_server_call_duration_seconds_\(suffix)"
      + "{rpc_method=\"\(method)\",rpc_response_status_code=\"\(code)\"}"
  }

  @Test func `calls are counted and timed by method and code, as they first come`() {
    let metrics = CallMetrics(registry)
    #expect(value(series("count", "a/b", "OK")) == nil)
    metrics.ended(call("a/b", .ok, handlerNanoseconds: 500_000_000))
    metrics.ended(call("a/b", .ok, handlerNanoseconds: 1_500_000_000))
    metrics.ended(call("a/b", .deadlineExceeded))
    metrics.ended(call("a/c", .ok))
    #expect(value(series("count", "a/b", "OK")) == "2")
    #expect(value(series("sum", "a/b", "OK")) == "2")
    #expect(value(series("count", "a/b", "DEADLINE_EXCEEDED")) == "1")
    #expect(value(series("count", "a/c", "OK")) == "1")
  }

  @Test func `time in the queue is one histogram for all methods`() {
    let metrics = CallMetrics(registry)
    metrics.ended(call("a/b", .ok))
    metrics.ended(call("a/c", .internal))
    #expect(value("brigade_server_queue_duration_seconds_count") == "2")
    #expect(value("brigade_server_queue_duration_seconds_sum") == "4")
  }
}
