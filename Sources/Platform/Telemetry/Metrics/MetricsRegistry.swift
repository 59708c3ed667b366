internal import Synchronization

/// The metrics of one process. Each is made once, at the start, and kept by whoever counts with it;
/// registering a name twice with the same labels, or a name that breaks the rules of `MetricName`,
/// is a bug and traps. Label values must come from a small set of our own, never from a request.
package final class MetricsRegistry: Sendable {
  private let families = Mutex<[String: MetricFamily]>([:])

  package init() {}

  /// The name ends in `_total`.
  package func counter(
    _ name: String, _ help: String, labels: KeyValuePairs<String, String> = [:]
  ) -> Counter {
    let counter = Counter()
    register(name, help, .counter, labels, .counter(counter))
    return counter
  }

  /// A counter that is kept elsewhere and read whenever metrics are; `read` must not block.
  package func counter(
    _ name: String, _ help: String, labels: KeyValuePairs<String, String> = [:],
    read: @escaping @Sendable () -> Double
  ) {
    register(name, help, .counter, labels, .sampled(read))
  }

  package func gauge(
    _ name: String, _ help: String, labels: KeyValuePairs<String, String> = [:]
  ) -> Gauge {
    let gauge = Gauge()
    register(name, help, .gauge, labels, .gauge(gauge))
    return gauge
  }

  /// A gauge that is read whenever metrics are; `read` must not block.
  package func gauge(
    _ name: String, _ help: String, labels: KeyValuePairs<String, String> = [:],
    read: @escaping @Sendable () -> Double
  ) {
    register(name, help, .gauge, labels, .sampled(read))
  }

  /// The name ends in `_seconds` if, and only if, the buckets are durations.
  package func histogram(
    _ name: String, _ help: String, labels: KeyValuePairs<String, String> = [:],
    buckets: HistogramBuckets = .durations
  ) -> Histogram {
    let histogram = Histogram(buckets)
    register(
      name, help, .histogram, labels, .histogram(histogram), isDuration: buckets.areDurations)
    return histogram
  }

  /// Ends a series whose subject is gone. Whoever still counts with it counts for nobody; it may be
  /// registered again. Nothing happens where there is none.
  package func remove(_ name: String, labels: KeyValuePairs<String, String>) {
    families.withLock { families in
      families[name]?.remove(labels.map(\.value))
      if families[name]?.series.isEmpty == true { families[name] = nil }
    }
  }

  /// The sum of a counter's or gauge's series now; nil where there is none of that name.
  package func sum(_ name: String) -> Double? { values(name)?.reduce(0, +) }

  /// The greatest of a counter's or gauge's series now; nil where there is none of that name.
  package func max(_ name: String) -> Double? { values(name)?.max() }

  private func values(_ name: String) -> [Double]? {
    families.withLock { $0[name] }?.series.compactMap { series in
      switch series.source {
      case .counter(let counter): Double(counter.value)
      case .gauge(let gauge): gauge.value
      case .sampled(let read): read()
      case .histogram: nil
      }
    }
  }

  /// Every metric in Prometheus' text format.
  package func renderPrometheus() -> String { render(.prometheus) }

  package func render(_ format: PrometheusText.Format) -> String {
    // Outside of the lock, as sampling calls code that may use the registry.
    let families = families.withLock { Array($0.values) }
    var text = PrometheusText(format)
    for family in families.sorted(by: { $0.name < $1.name }) { text.append(family) }
    text.end()
    return text.text
  }

  private func register(
    _ name: String, _ help: String, _ kind: MetricFamily.Kind,
    _ labels: KeyValuePairs<String, String>, _ source: MetricFamily.Source, isDuration: Bool = false
  ) {
    if let problem = MetricName.problem(name, kind: kind, isDuration: isDuration) {
      preconditionFailure("\(name) \(problem)")
    }
    let series = MetricFamily.Series(labels: labels.map { ($0.key, $0.value) }, source: source)
    families.withLock { families in
      var family = families[name] ?? MetricFamily(name: name, help: help, kind: kind)
      precondition(
        family.kind == kind && family.help == help, "\(name) is registered with another meaning")
      family.add(series)
      families[name] = family
    }
  }
}
