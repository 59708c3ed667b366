import Telemetry
import Testing

@testable import Node
@testable import RPC

@Suite struct ClientCallMetricsTests {
  private let registry = MetricsRegistry()
  private let start = Instant(nanoseconds: 1_000_000_000)

  private func attempt(
    _ replica: String, _ code: Code = .ok, milliseconds: Int64 = 500
  ) -> CallReport.Attempt {
    CallReport.Attempt(
      replica: replica, start: start, end: start.adding(milliseconds: milliseconds), code: code,
      message: "")
  }

  private func report(
    _ attempts: [CallReport.Attempt], method: String = "a.B/C", milliseconds: Int64 = 2_000
  ) -> CallReport {
    var report = CallReport(
      method: method, start: start, end: start.adding(milliseconds: milliseconds))
    report.attempts = attempts
    return report
  }

  private func value(_ series: String) -> String? {
    registry.renderPrometheus().split(separator: "\n").first { $0.hasPrefix(series + " ") }
      .map { String($0.dropFirst(series.utf8.count + 1)) }
  }

  private func call(_ suffix: String, _ code: String, method: String = "a.B/C") -> String? {
    value(
      "rpc_client_call_duration_seconds_\(suffix)"
        + "{rpc_method=\"\(method)\",rpc_response_status_code=\"\(code)\"}")
  }

  private func attempts(_ suffix: String, _ replica: String, _ service: String = "s") -> String? {
    value(
      "brigade_client_attempt_duration_seconds_\(suffix)"
        + "{service=\"\(service)\",replica=\"\(replica)\"}")
  }

  private func errors(_ replica: String, _ service: String = "s") -> String? {
    value(
      "brigade_client_attempt_errors_total{service=\"\(service)\",replica=\"\(replica)\"}")
  }

  @Test func `calls are told by method and status with the time of all their attempts`() {
    let metrics = ClientCallMetrics(registry)
    let (one, other) = (metrics.recorder(service: "s"), metrics.recorder(service: "s"))
    one.ended(report([attempt("r1", .unavailable), attempt("r2")]), .ok)
    other.ended(report([attempt("r2")]), .ok)
    one.ended(report([]), .unavailable)
    one.ended(report([attempt("r1")], method: "a.B/D"), .ok)
    #expect(call("count", "OK") == "2" && call("sum", "OK") == "4")
    #expect(call("count", "UNAVAILABLE") == "1")
    #expect(call("count", "OK", method: "a.B/D") == "1")
    #expect(call("count", "UNAVAILABLE", method: "a.B/D") == nil)
  }

  @Test func `attempts are told by replica, and what failed of them`() {
    let metrics = ClientCallMetrics(registry)
    let recorder = metrics.recorder(service: "s")
    recorder.ended(report([attempt("r1", .deadlineExceeded), attempt("r2")]), .ok)
    recorder.ended(report([attempt("r1", .cancelled), attempt("r2")]), .ok)
    metrics.recorder(service: "t").ended(report([attempt("r1")]), .ok)
    #expect(attempts("count", "r1") == "2" && attempts("sum", "r1") == "1")
    #expect(attempts("count", "r2") == "2" && attempts("count", "r1", "t") == "1")
    #expect(errors("r1") == "1" && errors("r2") == "0" && errors("r1", "t") == "0")
  }

  @Test func `a replica that is no longer listed is not told, and begins anew when it is`() {
    let metrics = ClientCallMetrics(registry)
    let recorder = metrics.recorder(service: "s")
    recorder.ended(report([attempt("r1"), attempt("r2", .internal)]), .ok)
    metrics.recorder(service: "t").ended(report([attempt("r1")]), .ok)
    metrics.keep(["r2"], of: "s")
    #expect(attempts("count", "r1") == nil && errors("r1") == nil)
    #expect(attempts("count", "r2") == "1" && attempts("count", "r1", "t") == "1")
    recorder.ended(report([attempt("r1")]), .ok)
    #expect(attempts("count", "r1") == "1")
    metrics.keep([], of: "s")
    metrics.keep([], of: "t")
    #expect(!registry.renderPrometheus().contains("brigade_client_attempt"))
    #expect(call("count", "OK") == "3")
  }

  @Test func `of more replicas than the limit the rest is counted in calls only`() {
    let metrics = ClientCallMetrics(registry)
    let recorder = metrics.recorder(service: "s")
    let most = ClientCallMetrics.replicasMax
    let all = (0..<most + 10).map { attempt("r\($0)") }
    for _ in 0..<3 { for each in all { recorder.ended(report([each]), .ok) } }
    #expect(attempts("count", "r\(most - 1)") == "3")
    #expect(attempts("count", "r\(most)") == nil)
    #expect(call("count", "OK") == "\(3 * all.count)")
    // The place of one that goes is another's.
    metrics.keep((1..<most + 10).map { "r\($0)" }, of: "s")
    recorder.ended(report([attempt("r\(most)")]), .ok)
    #expect(attempts("count", "r\(most)") == "1")
  }
}
