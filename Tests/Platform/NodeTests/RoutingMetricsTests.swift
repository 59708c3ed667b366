import Telemetry
import Testing

@testable import Node
@testable import RPC

@Suite struct RoutingMetricsTests {
  private let registry = MetricsRegistry()

  private func value(_ name: String) -> String? {
    let series = "brigade_client_\(name){service=\"features\"} "
    return registry.renderPrometheus().split(separator: "\n").first { $0.hasPrefix(series) }
      .map { String($0.dropFirst(series.utf8.count)) }
  }

  private func tick(ejected: Int, ready: Int, hedges: Int = 0) -> RoutingTick {
    var counts = RoutingCounts()
    counts.hedges = hedges
    counts.hedgesWon = hedges / 2
    counts.retriesRefused = 1
    return RoutingTick(counts: counts, ejected: ejected, ready: ready, known: 5)
  }

  @Test func `what the loops tell is added up`() {
    let metrics = RoutingMetrics(registry, service: "features")
    let (one, other) = (metrics.listener(), metrics.listener())
    one(tick(ejected: 1, ready: 4, hedges: 6))
    other(tick(ejected: 0, ready: 5, hedges: 4))
    #expect(value("hedges_total") == "10")
    #expect(value("hedges_won_total") == "5")
    #expect(value("retries_refused_total") == "2")
    #expect(value("ejected_replicas") == "1")
    #expect(value("ready_replicas") == "9")
    one(tick(ejected: 0, ready: 5))
    #expect(value("ejected_replicas") == "0")
    #expect(value("ready_replicas") == "10")
  }
}
