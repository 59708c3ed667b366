/// All series of one name.
struct MetricFamily: Sendable {
  enum Kind: String, Sendable { case counter, gauge, histogram }

  enum Source: Sendable {
    case counter(Counter)
    case gauge(Gauge)
    case histogram(Histogram)
    case sampled(@Sendable () -> Double)
  }

  struct Series: Sendable {
    let labels: [(name: String, value: String)]
    let source: Source
  }

  let name: String
  let help: String
  let kind: Kind
  private(set) var series: [Series] = []

  init(name: String, help: String, kind: Kind) {
    self.name = name
    self.help = help
    self.kind = kind
  }

  /// Prometheus keeps each series in memory for hours; one family of ours never needs more.
  static let seriesMax = 1000
  static let labelsMax = 4

  mutating func add(_ added: Series) {
    precondition(added.labels.count <= Self.labelsMax, "\(name) has too many labels")
    precondition(series.count < Self.seriesMax, "\(name) has too many series")
    for label in added.labels {
      precondition(
        MetricName.isIdentifier(label.name) && label.name != "le",
        "\(name): \(label.name) is no name for a label")
    }
    for other in series {
      precondition(
        other.labels.map(\.name) == added.labels.map(\.name),
        "\(name): all series need one set of labels")
      precondition(
        other.labels.map(\.value) != added.labels.map(\.value), "\(name) is registered twice")
    }
    series.append(added)
  }

  mutating func remove(_ labelValues: [String]) {
    series.removeAll { $0.labels.map(\.value) == labelValues }
  }
}
