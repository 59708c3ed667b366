internal import JSON
internal import Telemetry

/// What a load run showed.
struct LoadReport: Sendable {
  let offeredPerSecond: Double
  let achievedPerSecond: Double
  let sent: Int
  let ok: Int
  let degraded: Int
  let failed: Int
  /// Answered after another gateway, or the same again, was asked.
  let retried: Int
  let latency: LatencyRecorder
  let failures: [String: Int]
  let rungs: [String: Int]

  private static let quantiles: [(name: String, value: Double)] = [
    ("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999),
  ]

  var text: String {
    var table = TextTable(["": .left, " ": .right])
    table.append(["offered", "\(offeredPerSecond.fixed(1))/s"])
    table.append(["achieved", "\(achievedPerSecond.fixed(1))/s"])
    table.append(["sent", "\(sent)"])
    table.append(["ok", "\(ok)"])
    table.append(["degraded", "\(degraded)"])
    table.append(["failed", "\(failed)"])
    table.append(["retried", "\(retried)"])
    for (name, value) in Self.quantiles {
      table.append([name, "\(shown(latency.quantile(value))) ms"])
    }
    table.append(["max", "\(shown(latency.maxNanoseconds)) ms"])
    // The header is blank, and a line all the same.
    let lines = table.text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
    return (lines.map(String.init) + reasons("rungs used", rungs) + reasons("failures", failures))
      .joined(separator: "\n")
  }

  private func shown(_ nanoseconds: Int64) -> String { (Double(nanoseconds) / 1e6).fixed(2) }

  private func reasons(_ title: String, _ counts: [String: Int]) -> [String] {
    guard !counts.isEmpty else { return [] }
    return ["\(title):"]
      + counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
        "  \($0.value) × \($0.key)"
      }
  }

  var json: String {
    var writer = JSONWriter(pretty: true)
    writer.object { writer in
      writer.member("offered_per_second", offeredPerSecond)
      writer.member("achieved_per_second", achievedPerSecond)
      writer.member("sent", sent)
      writer.member("ok", ok)
      writer.member("degraded", degraded)
      writer.member("failed", failed)
      writer.member("retried", retried)
      writer.key("latency_ms")
      writer.object { writer in
        for (name, value) in Self.quantiles {
          writer.member(name, Double(latency.quantile(value)) / 1e6)
        }
        writer.member("max", Double(latency.maxNanoseconds) / 1e6)
      }
      for (title, counts) in [("rungs", rungs), ("failures", failures)] {
        writer.key(title)
        writer.object { writer in
          for (reason, count) in counts.sorted(by: { $0.key < $1.key }) {
            writer.member(reason, count)
          }
        }
      }
    }
    return writer.string
  }
}
