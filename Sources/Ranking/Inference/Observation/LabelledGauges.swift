internal import RPC
package import Telemetry

/// Gauges of one name that come with what they measure, such as a model's features: each is made
/// when it is first set, and there are never more than the limit. Setting beyond it does nothing.
package final class LabelledGauges: Sendable {
  /// Thirty features of a dozen models; below what the registry holds for one name.
  package static let seriesMax = 500

  private let metrics: MetricsRegistry
  private let name: String
  private let help: String
  private let gauges = Guarded<[[String]: Gauge]>([:])

  package init(_ metrics: MetricsRegistry, _ name: String, _ help: String) {
    self.metrics = metrics
    self.name = name
    self.help = help
  }

  /// - Parameter labels: the same names each time.
  package func set(_ value: Double, _ labels: KeyValuePairs<String, String>) {
    let key = labels.map(\.value)
    let gauge = gauges.withLock { gauges -> Gauge? in
      if let gauge = gauges[key] { return gauge }
      guard gauges.count < Self.seriesMax else { return nil }
      let gauge = metrics.gauge(name, help, labels: labels)
      gauges[key] = gauge
      return gauge
    }
    gauge?.set(value)
  }
}
