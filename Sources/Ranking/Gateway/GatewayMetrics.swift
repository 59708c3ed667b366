internal import Messages
internal import Node
internal import RPC
internal import Telemetry

/// How often which hop was answered by which rung.
struct GatewayMetrics: Sendable {
  private let degraded: Counter
  private let whole: Counter
  private let refused: Counter
  private let abandoned: Counter
  private let duration: Histogram
  private let rungs: [String: [Rung: Counter]]
  /// What is done about the replicas of each service that hops go to.
  let routing: [HopKind: RoutingMetrics]
  let calls: ClientCallMetrics
  private let fallbacks: FallbackMetrics

  init(_ metrics: MetricsRegistry, methods: [String]) {
    func requests(_ outcome: String) -> Counter {
      metrics.counter(
        "brigade_gateway_requests_total", "Rank requests by outcome",
        labels: ["outcome": outcome])
    }
    whole = requests("ok")
    degraded = requests("degraded")
    refused = requests("refused")
    abandoned = requests("abandoned")
    duration = metrics.histogram(
      "brigade_gateway_rank_duration_seconds",
      "Time from a request's receipt to its answer, or until its caller left or its time was over")
    calls = ClientCallMetrics(metrics)
    fallbacks = FallbackMetrics(metrics)
    routing = [HopKind.retrieval, .features, .inference].reduce(into: [:]) { routing, hop in
      routing[hop] = RoutingMetrics(metrics, service: hop.rawValue)
    }
    rungs = Dictionary(
      uniqueKeysWithValues: methods.map { method in
        let counters = Rung.allCases.map { rung in
          (
            rung,
            metrics.counter(
              "brigade_gateway_hops_total", "Hops by the rung that gave their result",
              labels: ["rpc_method": method, "rung": rung.label])
          )
        }
        return (method, Dictionary(uniqueKeysWithValues: counters))
      })
  }

  /// - Parameter trace: that was kept of it; nil for most.
  func answered(_ response: RankResponse, trace: TraceID?) {
    (response.degraded ? degraded : whole).increment()
    let nanoseconds = Int64(clamping: response.elapsedMicroseconds) * 1_000
    duration.record(nanoseconds: nanoseconds)
    if let trace {
      duration.exemplify(
        nanoseconds: nanoseconds, trace: trace, unixMilliseconds: wallClockMilliseconds())
    }
    for hop in response.hops { rungs[hop.method]?[hop.rung]?.increment() }
  }

  func refusedOne() { refused.increment() }

  /// The caller left, or its time was over, before there was an answer.
  /// - Parameter nanoseconds: since its receipt.
  func abandonedOne(after nanoseconds: Int64) {
    abandoned.increment()
    duration.record(nanoseconds: nanoseconds)
  }

  func fellBack(_ runs: [RankRun.Fallback]) {
    for each in runs { fallbacks.count(each) }
  }
}

/// Fallbacks by what led to them. Most combinations never come.
private final class FallbackMetrics: Sendable {
  private struct Key: Hashable, Sendable {
    var method: String
    var rung: Rung
    var reason: HopFailure.Reason
  }

  private let metrics: MetricsRegistry
  private let counters = Guarded<[Key: Counter]>([:])

  init(_ metrics: MetricsRegistry) { self.metrics = metrics }

  func count(_ fallback: RankRun.Fallback) {
    let key = Key(method: fallback.method, rung: fallback.rung, reason: fallback.reason)
    let counter = counters.withLock { counters in
      if let known = counters[key] { return known }
      let made = metrics.counter(
        "brigade_gateway_fallbacks_total",
        "Hops whose own service gave no result, by the rung that gave it and why",
        labels: [
          "rpc_method": key.method, "rung": key.rung.label, "reason": key.reason.label,
        ])
      counters[key] = made
      return made
    }
    counter.increment()
  }
}

extension Rung {
  /// In lower case with underscores, as label values are written.
  fileprivate var label: String {
    "\(self)".reduce(into: "") { label, letter in
      label += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
    }
  }
}
