import Telemetry
import Testing

@testable import Commands

@Suite struct TopViewTests {
  /// - Parameter calls: that ended well, and that did not.
  private func metrics(_ good: Int, _ bad: Int, cpu: Double) -> String {
    let method = "rpc_method=\"brigade.v1.Gateway/Rank\""
    func series(_ code: String, _ count: Int) -> String {
      let labels = "\(method),rpc_response_status_code=\"\(code)\""
      return """
        rpc_server_call_duration_seconds_bucket{\(labels),le="0.001"} \(count)
        rpc_server_call_duration_seconds_bucket{\(labels),le="+Inf"} \(count)
        rpc_server_call_duration_seconds_count{\(labels)} \(count)

        """
    }
    return """
      # TYPE process_cpu_seconds_total counter
      process_cpu_seconds_total \(cpu)
      process_resident_memory_bytes 64000000
      \(series("OK", good))\(series("UNAVAILABLE", bad))
      brigade_gateway_requests_total{outcome="ok"} \(good)
      brigade_gateway_requests_total{outcome="degraded"} \(bad)
      """
  }

  private func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

  private func rows(_ view: inout TopView, _ metrics: String?, at seconds: Int64) -> [String] {
    view.table([TopView.Process(name: "gateway-1", metrics: metrics)], at: at(seconds))
      .split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
  }

  @Test func `a row tells what happened between two looks`() {
    var view = TopView()
    #expect(
      rows(&view, metrics(100, 0, cpu: 1), at: 1) == [
        "replica calls/s failed degraded p50 ms p99 ms cpu MB",
        "gateway-1 - - - - - - - first look",
      ])
    #expect(
      rows(&view, metrics(190, 10, cpu: 1.5), at: 3)[1]
        == "gateway-1 50 10.0 % 10.0 % 0.50 0.99 25 % 64")
  }

  @Test func `what can't be told is a dash, with the reason`() {
    var view = TopView()
    _ = rows(&view, metrics(100, 0, cpu: 1), at: 1)
    #expect(rows(&view, nil, at: 2)[1] == "gateway-1 - - - - - - - nobody answers")
    #expect(rows(&view, metrics(5, 0, cpu: 1), at: 3)[1].hasSuffix("first look"))
    #expect(rows(&view, metrics(1, 0, cpu: 1), at: 4)[1] == "gateway-1 - - - - - - 64 restarted")
    #expect(
      rows(&view, metrics(1, 0, cpu: 1), at: 5)[1] == "gateway-1 0 - - - - 0 % 64 no calls")
  }

  @Test func `a new table takes the old one's lines, and leaves nothing of it`() {
    #expect(LiveScreen.rewrite(["a", "b"], over: 0) == "\u{1B}[2Ka\n\u{1B}[2Kb\n\u{1B}[J")
    #expect(LiveScreen.rewrite(["c"], over: 2) == "\u{1B}[2A\u{1B}[2Kc\n\u{1B}[J")
  }
}

@Suite struct MetricsPageTests {
  private let page = MetricsPage(
    "# HELP a_total x\na_total{k=\"1\"} 2\na_total{k=\"2\"} 3\na_total_more 9\nb 1.5\nc nonsense\n")

  @Test func `series of one name are summed, and no others`() {
    #expect(page.sum("a_total") == 5 && page.sum("a_total", "k=\"2\"") == 3)
    #expect(page.sum("b") == 1.5)
    #expect(page.sum("a") == nil && page.sum("c") == nil && page.sum("a_total", "k=\"3\"") == nil)
  }
}
