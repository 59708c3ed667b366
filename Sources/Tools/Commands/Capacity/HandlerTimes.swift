/// A method's handler durations, as its server's metrics page has counted them.
struct HandlerTimes: Equatable, Sendable {
  private(set) var count = 0.0
  private(set) var sumSeconds = 0.0
  /// Cumulative counts by upper bound, seconds.
  private var buckets: [Double: Double] = [:]

  /// - Parameter method: with its service: `Retrieval/Search`.
  init(_ method: String, in page: String) {
    let name = "rpc_server_call_duration_seconds"
    for line in page.split(separator: "\n")
    where line.hasPrefix(name) && line.contains("brigade.v1.\(method)\"") {
      guard let value = line.split(separator: " ").last.flatMap({ Double($0) }) else { continue }
      if line.hasPrefix("\(name)_count{") {
        count += value
      } else if line.hasPrefix("\(name)_sum{") {
        sumSeconds += value
      } else if let bound = Self.bound(line) {
        buckets[bound, default: 0] += value
      }
    }
  }

  private static func bound(_ line: Substring) -> Double? {
    guard let start = line.firstRange(of: "le=\"")?.upperBound else { return nil }
    let text = line[start...].prefix { $0 != "\"" }
    return text == "+Inf" ? .infinity : Double(text)
  }

  /// What came after an earlier page.
  func since(_ earlier: HandlerTimes) -> HandlerTimes {
    var difference = self
    difference.count -= earlier.count
    difference.sumSeconds -= earlier.sumSeconds
    for (bound, before) in earlier.buckets { difference.buckets[bound, default: 0] -= before }
    return difference
  }

  /// Nil where the method was not called.
  var meanMicroseconds: Double? { count > 0 ? sumSeconds / count * 1e6 : nil }

  /// Linear inside of its bucket, as Prometheus estimates it; nil where the method was not called.
  func microseconds(quantile: Double) -> Double? {
    guard count > 0 else { return nil }
    let rank = quantile * count
    var (lower, below) = (0.0, 0.0)
    for (bound, reached) in buckets.sorted(by: { $0.key < $1.key }) {
      if reached >= rank {
        guard bound.isFinite, reached > below else { return lower * 1e6 }
        return (lower + (bound - lower) * (rank - below) / (reached - below)) * 1e6
      }
      (lower, below) = (bound, reached)
    }
    return lower * 1e6
  }
}
