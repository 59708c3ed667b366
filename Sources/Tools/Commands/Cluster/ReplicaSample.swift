internal import Telemetry

/// What a replica had answered by some time, read from its metrics page: the histogram of handler
/// durations of its work.
struct ReplicaSample {
  private let at: Instant
  /// Cumulative counts by upper bound, seconds, ascending; the last bound is infinite.
  private let buckets: [(bound: Double, count: Double)]

  init(metrics: String, at: Instant) {
    self.at = at
    var counts: [Double: Double] = [:]
    let prefix = "rpc_server_call_duration_seconds_bucket{"
    for line in metrics.split(separator: "\n") where line.hasPrefix(prefix) {
      guard ServedWork.has(line), let bound = Self.bound(line),
        let count = line.split(separator: " ").last.flatMap({ Double($0) })
      else { continue }
      counts[bound, default: 0] += count
    }
    buckets = counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private static func bound(_ line: Substring) -> Double? {
    guard let start = line.firstRange(of: "le=\"")?.upperBound else { return nil }
    let text = line[start...].prefix { $0 != "\"" }
    return text == "+Inf" ? .infinity : Double(text)
  }

  /// Calls a second, and quantiles in seconds, between two samples; nil where nothing can be said.
  func since(_ earlier: ReplicaSample) -> (perSecond: Double, p50: Double?, p99: Double?)? {
    let seconds = Double(at.nanoseconds(since: earlier.at)) / 1e9
    guard seconds > 0 else { return nil }
    let before = Dictionary(uniqueKeysWithValues: earlier.buckets.map { ($0.bound, $0.count) })
    let counts = buckets.map { ($0.bound, $0.count - (before[$0.bound] ?? 0)) }
    // A restarted process counts from zero.
    guard counts.allSatisfy({ $0.1 >= 0 }) else { return nil }
    return (
      (counts.last?.1 ?? 0) / seconds, Self.quantile(0.5, counts), Self.quantile(0.99, counts)
    )
  }

  /// Prometheus' estimate: linear inside the bucket.
  private static func quantile(_ q: Double, _ counts: [(Double, Double)]) -> Double? {
    guard let total = counts.last?.1, total > 0 else { return nil }
    let rank = q * total
    var (lower, below) = (0.0, 0.0)
    for (bound, count) in counts {
      if count >= rank {
        guard bound.isFinite else { return lower }
        return lower + (bound - lower) * (count > below ? (rank - below) / (count - below) : 1)
      }
      (lower, below) = (bound, count)
    }
    return lower
  }
}
