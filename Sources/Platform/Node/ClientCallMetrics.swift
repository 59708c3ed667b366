internal import RPC
internal import Synchronization
package import Telemetry

/// Rate, errors and duration of calls to other services as their caller sees them: whole calls by
/// method and status, as OpenTelemetry names them, and single attempts by replica. One a process;
/// each loop counts with recorders of its own.
package final class ClientCallMetrics: Sendable {
  /// Of one service; attempts at others are counted in their calls only. As many as the page tells.
  static let replicasMax = 200

  struct Call: Hashable, Sendable {
    var method: String
    var code: Code
  }

  struct Replica: Hashable, Sendable {
    var service: String
    var name: String
  }

  /// What is counted of one replica.
  struct Series: Sendable {
    let duration: Histogram
    let errors: Counter
  }

  private struct State: Sendable {
    var calls: [Call: Histogram] = [:]
    var replicas: [Replica: Series] = [:]
  }

  private static let duration = "brigade_client_attempt_duration_seconds"
  private static let errors = "brigade_client_attempt_errors_total"

  private let metrics: MetricsRegistry
  private let state = Guarded(State())
  /// Changes whenever a replica is forgotten.
  private let changes = Atomic<Int>(0)

  package init(_ metrics: MetricsRegistry) { self.metrics = metrics }

  /// For one loop's calls to a service.
  package func recorder(service: String) -> ClientCallRecorder {
    ClientCallRecorder(self, service: service)
  }

  /// Ends the series of a service's replicas that are no longer listed.
  package func keep(_ listed: some Sequence<String>, of service: String) {
    let listed = Set(listed)
    state.withLock { state in
      let gone = state.replicas.keys.filter {
        $0.service == service && !listed.contains($0.name)
      }
      for replica in gone {
        state.replicas[replica] = nil
        metrics.remove(Self.duration, labels: replica.labels)
        metrics.remove(Self.errors, labels: replica.labels)
      }
      if !gone.isEmpty { changes.add(1, ordering: .relaxed) }
    }
  }

  // MARK: For recorders

  var changeCount: Int { changes.load(ordering: .relaxed) }

  /// Methods are ours and codes few, so the label values are bounded.
  func histogram(_ call: Call) -> Histogram {
    state.withLock { state in
      if let known = state.calls[call] { return known }
      let made = metrics.histogram(
        "rpc_client_call_duration_seconds",
        "Time of a call to another service with all of its attempts, as its caller sees it",
        labels: ["rpc_method": call.method, "rpc_response_status_code": call.code.name])
      state.calls[call] = made
      return made
    }
  }

  /// Nil where there are too many.
  func series(_ replica: Replica) -> Series? {
    state.withLock { state in
      if let known = state.replicas[replica] { return known }
      guard state.replicas.keys.count(where: { $0.service == replica.service }) < Self.replicasMax
      else { return nil }
      let made = Series(
        duration: metrics.histogram(
          Self.duration, "Time of one attempt of a call at a replica, as its caller sees it",
          labels: replica.labels),
        errors: metrics.counter(
          Self.errors, "Attempts that failed; one that another outran did not",
          labels: replica.labels))
      state.replicas[replica] = made
      return made
    }
  }
}

extension ClientCallMetrics.Replica {
  var labels: KeyValuePairs<String, String> { ["service": service, "replica": name] }
}
