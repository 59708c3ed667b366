package import RPC
package import Telemetry

/// What a service's callers do about its replicas. One for each service that is called.
package final class RoutingMetrics: Sendable {
  private let retries: Counter
  private let retriesRefused: Counter
  private let hedges: Counter
  private let hedgesWon: Counter
  private let ejections: Counter
  private let readmissions: Counter
  private let ejected: Gauge
  private let ready: Gauge

  package init(_ metrics: MetricsRegistry, service: String) {
    func counter(_ name: String, _ help: String) -> Counter {
      metrics.counter("brigade_client_\(name)_total", help, labels: ["service": service])
    }
    func gauge(_ name: String, _ help: String) -> Gauge {
      metrics.gauge("brigade_client_\(name)", help, labels: ["service": service])
    }
    retries = counter("retries", "Attempts made again at another replica")
    retriesRefused = counter("retries_refused", "Retries that the budget did not allow")
    hedges = counter("hedges", "Second copies of late calls")
    hedgesWon = counter("hedges_won", "Second copies whose answer came first")
    ejections = counter("ejections", "Times that a replica was taken out")
    readmissions = counter("readmissions", "Times that a replica was let in again")
    ejected = gauge("ejected_replicas", "Replicas taken out, as all loops count them together")
    ready = gauge("ready_replicas", "Replicas connected, as all loops count them together")
  }

  /// What one loop's replica set tells is to be given to; each set needs its own.
  package func listener() -> (RoutingTick) -> Void {
    var (wasEjected, wasReady) = (0, 0)
    return { [self] tick in
      retries.increment(by: UInt64(tick.counts.retries))
      retriesRefused.increment(by: UInt64(tick.counts.retriesRefused))
      hedges.increment(by: UInt64(tick.counts.hedges))
      hedgesWon.increment(by: UInt64(tick.counts.hedgesWon))
      ejections.increment(by: UInt64(tick.counts.ejections))
      readmissions.increment(by: UInt64(tick.counts.readmissions))
      ejected.add(Double(tick.ejected - wasEjected))
      ready.add(Double(tick.ready - wasReady))
      (wasEjected, wasReady) = (tick.ejected, tick.ready)
    }
  }
}
