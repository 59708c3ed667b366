/// Prometheus' text exposition format, version 0.0.4, and OpenMetrics 1.0, which has exemplars.
package struct PrometheusText {
  package enum Format: Sendable {
    case prometheus
    case openMetrics

    package var contentType: String {
      switch self {
      case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
      case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
      }
    }
  }

  private let format: Format
  private(set) var text = ""

  init(_ format: Format = .prometheus) { self.format = format }

  private var isOpenMetrics: Bool { format == .openMetrics }

  /// To be called after the last family.
  mutating func end() { if isOpenMetrics { text += "# EOF\n" } }

  mutating func append(_ family: MetricFamily) {
    // OpenMetrics counts samples of `name_total` to the family `name`.
    let isCounter = isOpenMetrics && family.kind == .counter
    let name = isCounter ? String(family.name.dropLast("_total".count)) : family.name
    text += "# HELP \(name) \(escaped(family.help, quotes: isOpenMetrics))\n"
    text += "# TYPE \(name) \(family.kind.rawValue)\n"
    for series in family.series {
      switch series.source {
      case .counter(let counter): line(family.name, series.labels, String(counter.value))
      case .gauge(let gauge): line(family.name, series.labels, shown(gauge.value))
      case .sampled(let read): line(family.name, series.labels, shown(read()))
      case .histogram(let histogram):
        append(
          histogram.snapshot(), isOpenMetrics ? histogram.shownExemplars() : [:],
          name: family.name, labels: series.labels)
      }
    }
  }

  /// The total is the sum of the buckets, so that `+Inf` and `_count` agree whatever is recorded
  /// meanwhile.
  private mutating func append(
    _ histogram: HistogramSnapshot, _ exemplars: [Int: (exemplar: Exemplar, value: Double)],
    name: String, labels: [(name: String, value: String)]
  ) {
    var cumulative: UInt64 = 0
    let buckets = zip(histogram.upperBounds + [.infinity], histogram.counts)
    for (index, (bound, count)) in buckets.enumerated() {
      cumulative &+= count
      let le = isOpenMetrics && bound.isFinite ? bound.description : shown(bound)
      line(
        name + "_bucket", labels + [("le", le)], String(cumulative),
        exemplars[index].map { shown($0.exemplar, $0.value) } ?? "")
    }
    line(name + "_sum", labels, shown(histogram.sum))
    line(name + "_count", labels, String(cumulative))
  }

  private mutating func line(
    _ name: String, _ labels: [(name: String, value: String)], _ value: String,
    _ exemplar: String = ""
  ) {
    text += name
    if !labels.isEmpty {
      let pairs = labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }
      text += "{" + pairs.joined(separator: ",") + "}"
    }
    text += " " + value + exemplar + "\n"
  }

  private func shown(_ exemplar: Exemplar, _ value: Double) -> String {
    let seconds = Double(exemplar.unixMilliseconds) / 1_000
    return " # {trace_id=\"\(exemplar.trace)\"} \(shown(value)) \(seconds)"
  }

  private func escaped(_ value: String, quotes: Bool) -> String {
    var result = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private func shown(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
