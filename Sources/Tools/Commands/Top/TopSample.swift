internal import Telemetry

/// What a process had done by some time, and how it stands. Pure.
struct TopSample {
  /// What a row shows; nil where nothing can be said.
  struct Rates: Equatable {
    var callsPerSecond: Double?
    /// 0 to 1; of calls that did not end well.
    var failedShare: Double?
    var p50Seconds: Double?
    var p99Seconds: Double?
    /// 1 is one processor.
    var processors: Double?
    var residentBytes: Double?
    /// Answers that used a fallback which ranks worse, 0 to 1; of gateways only.
    var degradedShare: Double?
    /// Calls that there was no room for.
    var refusedPerSecond: Double?
    var queuedCalls: Double?
    /// Handlers that may wait at the same time.
    var concurrencyLimit: Double?
    /// Replicas that a gateway leaves out now.
    var ejectedReplicas: Double?
  }

  private let at: Instant
  private let calls: ReplicaSample
  private let page: MetricsPage

  init(metrics: String, at: Instant) {
    self.at = at
    calls = ReplicaSample(metrics: metrics, at: at)
    page = MetricsPage(metrics)
  }

  func since(_ earlier: TopSample) -> Rates {
    var rates = Rates(
      residentBytes: page.sum("process_resident_memory_bytes"),
      queuedCalls: page.sum("brigade_server_queued_calls"),
      concurrencyLimit: page.sum("brigade_server_concurrency_limit"),
      ejectedReplicas: page.sum("brigade_client_ejected_replicas"))
    let seconds = Double(at.nanoseconds(since: earlier.at)) / 1e9
    guard seconds > 0, let answered = calls.since(earlier.calls) else { return rates }
    rates.callsPerSecond = answered.perSecond
    rates.p50Seconds = answered.p50
    rates.p99Seconds = answered.p99
    rates.processors = grown("process_cpu_seconds_total", since: earlier).map { $0 / seconds }
    rates.refusedPerSecond =
      grown("brigade_server_refused_calls_total", since: earlier).map { $0 / seconds }
    let count = "rpc_server_call_duration_seconds_count"
    // Given up by its caller, such as a hedge that another one outran: nobody's failure.
    let fine = ["OK", "CANCELLED"].compactMap { code in
      grown(count, "rpc_response_status_code=\"\(code)\"", since: earlier, where: ServedWork.has)
    }
    rates.failedShare = share(
      of: grown(count, since: earlier, where: ServedWork.has), less: fine.reduce(0, +))
    let requests = "brigade_gateway_requests_total"
    rates.degradedShare = part(
      grown(requests, "outcome=\"degraded\"", since: earlier), of: grown(requests, since: earlier))
    return rates
  }

  private func grown(
    _ name: String, _ label: String = "", since earlier: TopSample,
    where counts: (Substring) -> Bool = { _ in true }
  ) -> Double? {
    page.sum(name, label, where: counts).map {
      max(0, $0 - (earlier.page.sum(name, label, where: counts) ?? 0))
    }
  }

  private func share(of all: Double?, less good: Double) -> Double? {
    part(all.map { $0 - good }, of: all)
  }

  private func part(_ part: Double?, of all: Double?) -> Double? {
    guard let part, let all, all > 0 else { return nil }
    return part / all
  }
}
