package import RPC
internal import Telemetry

/// Counts the calls of one loop to one service. What it has met before it finds without a lock or
/// an allocation. Confined to its loop.
package final class ClientCallRecorder: @unchecked Sendable {
  private struct Method {
    let name: String
    /// By code; nil before the first.
    var histograms = [Histogram?](repeating: nil, count: Code.allCases.count)
  }

  private let metrics: ClientCallMetrics
  private let service: String
  /// One or two.
  @exclusivity(unchecked) private var methods: [Method] = []
  /// By name; nil for those that are too many.
  @exclusivity(unchecked) private var replicas: [String: ClientCallMetrics.Series?] = [:]
  @exclusivity(unchecked) private var changesSeen = 0

  init(_ metrics: ClientCallMetrics, service: String) {
    self.metrics = metrics
    self.service = service
  }

  /// - Parameter code: that the call ended with.
  package func ended(_ report: CallReport, _ code: Code) {
    histogram(report.method, code).record(nanoseconds: report.end.nanoseconds(since: report.start))
    let changes = metrics.changeCount
    if changes != changesSeen {
      changesSeen = changes
      replicas.removeAll(keepingCapacity: true)
    }
    for attempt in report.attempts where !attempt.replica.isEmpty {
      guard let series = series(attempt.replica) else { continue }
      series.duration.record(nanoseconds: attempt.end.nanoseconds(since: attempt.start))
      if attempt.code != .ok, attempt.code != .cancelled { series.errors.increment() }
    }
  }

  private func histogram(_ method: String, _ code: Code) -> Histogram {
    let index = Int(code.rawValue)
    var place = 0
    while place < methods.count, methods[place].name != method { place += 1 }
    if place == methods.count { methods.append(Method(name: method)) }
    if let known = methods[place].histograms[index] { return known }
    let made = metrics.histogram(ClientCallMetrics.Call(method: method, code: code))
    methods[place].histograms[index] = made
    return made
  }

  private func series(_ name: String) -> ClientCallMetrics.Series? {
    if let known = replicas[name] { return known }
    // Names are those of replicas that were listed since the last one was forgotten.
    if replicas.count >= 2 * ClientCallMetrics.replicasMax { return nil }
    let made = metrics.series(ClientCallMetrics.Replica(service: service, name: name))
    replicas[name] = .some(made)
    return made
  }
}
