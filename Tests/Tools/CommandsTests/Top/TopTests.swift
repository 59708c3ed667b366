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
    rows(&view, ["gateway-1": metrics], at: seconds)
  }

  private func rows(
    _ view: inout TopView, _ pages: KeyValuePairs<String, String?>, at seconds: Int64
  ) -> [String] {
    let processes = pages.map { name, page in
      TopView.Process(name: name, metrics: page.map { .success($0) } ?? .failure(.silent))
    }
    return view.table(processes, at: at(seconds))
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
    #expect(rows(&view, nil, at: 2)[1] == "gateway-1 - - - - - - - connects, but does not answer")
    #expect(rows(&view, metrics(5, 0, cpu: 1), at: 3)[1].hasSuffix("first look"))
    #expect(rows(&view, metrics(1, 0, cpu: 1), at: 4)[1] == "gateway-1 - - - - - - 64 restarted")
    #expect(
      rows(&view, metrics(1, 0, cpu: 1), at: 5)[1] == "gateway-1 0 - - - - 0 % 64 no calls")
  }

  @Test func `what waits for something to happen is neither slow nor counted`() {
    let poll = "rpc_method=\"brigade.v1.Events/Follow\",rpc_response_status_code"
    func idle(_ polls: Int) -> String {
      """
      rpc_server_call_duration_seconds_bucket{\(poll)="OK",le="0.5"} 0
      rpc_server_call_duration_seconds_bucket{\(poll)="OK",le="+Inf"} \(polls)
      rpc_server_call_duration_seconds_count{\(poll)="OK"} \(polls)
      rpc_server_call_duration_seconds_count{\(poll)="CANCELLED"} \(polls)

      """
    }
    var view = TopView()
    _ = rows(&view, idle(10) + metrics(10, 0, cpu: 1), at: 1)
    #expect(
      rows(&view, idle(20) + metrics(10, 0, cpu: 1), at: 2)[1]
        == "gateway-1 0 - - - - 0 % 64 no calls")
    #expect(
      rows(&view, idle(30) + metrics(20, 0, cpu: 1), at: 3)[1]
        == "gateway-1 10 0.0 % 0.0 % 0.50 0.99 0 % 64")
  }

  /// A gateway's page, and what only wide terminals show.
  private func saturation(_ refused: Int) -> String {
    """

    brigade_server_refused_calls_total \(refused)
    brigade_server_queued_calls{loop="loop-0"} 3
    brigade_server_queued_calls{loop="loop-1"} 4
    brigade_server_concurrency_limit{loop="loop-0"} 16
    brigade_server_concurrency_limit{loop="loop-1"} 16
    brigade_client_ejected_replicas{service="inference"} 1
    brigade_client_ejected_replicas{service="features"} 1

    """
  }

  @Test func `where there is room, saturation is told too`() {
    var view = TopView(isWide: true)
    _ = rows(&view, metrics(0, 0, cpu: 1) + saturation(10), at: 1)
    #expect(
      rows(&view, metrics(100, 0, cpu: 1) + saturation(30), at: 2) == [
        "replica calls/s failed degraded p50 ms p99 ms refused/s queued limit ejected cpu MB",
        "gateway-1 100 0.0 % 0.0 % 0.50 0.99 20 7 32 2 0 % 64",
      ])
  }

  @Test func `the row for all has the gateways' requests, and what all processes take`() {
    let replica = """
      process_cpu_seconds_total 3
      process_resident_memory_bytes 36000000

      """
    var view = TopView()
    func look(_ count: Int, _ second: String?, at seconds: Int64) -> String {
      rows(
        &view,
        [
          "features-1": replica, "gateway-1": metrics(count, 0, cpu: 1), "gateway-2": second,
        ], at: seconds)[1]
    }
    #expect(look(100, metrics(0, 0, cpu: 1), at: 1) == "all - - - - - - -")
    #expect(
      look(200, metrics(75, 25, cpu: 2), at: 3) == "all 100 12.5 % 12.5 % 0.50 0.99 50 % 164")
    // One less is no fall of the sums.
    #expect(look(300, nil, at: 4) == "all - - - - - - - 1 of 3 silent")
    #expect(look(400, nil, at: 5) == "all 100 0.0 % 0.0 % 0.50 0.99 0 % 100 1 of 3 silent")
  }
}

@Suite struct LiveScreenTests {
  private func fitted(_ count: Int, rows: Int, footer: Int = 0) -> [String] {
    let lines = (1...count).map { "line \($0)"[...] }
    return LiveScreen.fitted(lines, to: TerminalSize(columns: 60, rows: rows), footer: footer)
  }

  @Test func `a new table takes the old one's lines, and leaves nothing of it`() {
    #expect(LiveScreen.rewrite(["a", "b"], over: 0) == "\u{1B}[2Ka\n\u{1B}[2Kb\n\u{1B}[J")
    #expect(LiveScreen.rewrite(["c"], over: 2) == "\u{1B}[2A\u{1B}[2Kc\n\u{1B}[J")
  }

  @Test func `what the window has no room for is counted`() {
    #expect(fitted(4, rows: 5) == ["line 1", "line 2", "line 3", "line 4"])
    #expect(fitted(6, rows: 5) == ["line 1", "line 2", "line 3", "… 3 more"])
    #expect(fitted(6, rows: 5, footer: 1) == ["line 1", "line 2", "… 3 more", "line 6"])
    #expect(fitted(6, rows: 2, footer: 1) == ["… 6 more"])
    #expect(fitted(6, rows: 1) == ["… 6 more"])
  }

  @Test func `lines end where the window does`() {
    let narrow = TerminalSize(columns: 4, rows: 3)
    #expect(
      LiveScreen.fitted(["replica", "a", "b"], to: narrow, footer: 0) == ["repl", "… 2 "])
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
