/// Prometheus' text exposition format, version 0.0.4.
package struct PrometheusText {
  package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var text = ""

  init() {}

  mutating func append(_ family: MetricFamily) {
    text += "# HELP \(family.name) \(escaped(family.help, quotes: false))\n"
    text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
    for series in family.series {
      switch series.source {
      case .counter(let counter): line(family.name, series.labels, String(counter.value))
      case .gauge(let gauge): line(family.name, series.labels, shown(gauge.value))
      case .sampled(let read): line(family.name, series.labels, shown(read()))
      case .histogram(let histogram):
        append(histogram.snapshot(), name: family.name, labels: series.labels)
      }
    }
  }

  /// The total is the sum of the buckets, so that `+Inf` and `_count` agree whatever is recorded
  /// meanwhile.
  private mutating func append(
    _ histogram: HistogramSnapshot, name: String, labels: [(name: String, value: String)]
  ) {
    var cumulative: UInt64 = 0
    for (bound, count) in zip(histogram.upperBounds + [.infinity], histogram.counts) {
      cumulative &+= count
      line(name + "_bucket", labels + [("le", shown(bound))], String(cumulative))
    }
    line(name + "_sum", labels, shown(histogram.sum))
    line(name + "_count", labels, String(cumulative))
  }

  private mutating func line(
    _ name: String, _ labels: [(name: String, value: String)], _ value: String
  ) {
    text += name
    if !labels.isEmpty {
      let pairs = labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }
      text += "{" + pairs.joined(separator: ",") + "}"
    }
    text += " " + value + "\n"
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
