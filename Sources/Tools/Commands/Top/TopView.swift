internal import Telemetry

/// The rows of `brigade top`, one a process. Keeps what it has seen, to tell what happened since.
struct TopView {
  /// A process and what its admin port told, or why it told nothing.
  struct Process {
    var name: String
    var metrics: String?
    var problem = "nobody answers"
  }

  private var samples: [String: TopSample] = [:]

  mutating func table(_ processes: [Process], at now: Instant) -> String {
    var table = TextTable([
      "replica": .left, "calls/s": .right, "failed": .right, "degraded": .right,
      "p50 ms": .right, "p99 ms": .right, "cpu": .right, "MB": .right, "": .left,
    ])
    for process in processes {
      guard let metrics = process.metrics else {
        samples[process.name] = nil
        table.append([process.name, "-", "-", "-", "-", "-", "-", "-", process.problem])
        continue
      }
      let sample = TopSample(metrics: metrics, at: now)
      let rates = samples[process.name].map { sample.since($0) }
      samples[process.name] = sample
      table.append(row(process.name, rates))
    }
    return table.text
  }

  private func row(_ name: String, _ rates: TopSample.Rates?) -> [String] {
    guard let rates else {
      return [name, "-", "-", "-", "-", "-", "-", "-", "first look"]
    }
    func shown(_ value: Double?, _ scale: Double, _ digits: Int, _ unit: String = "") -> String {
      value.map { ($0 * scale).fixed(digits) + unit } ?? "-"
    }
    let note =
      rates.callsPerSecond == nil ? "restarted" : rates.callsPerSecond == 0 ? "no calls" : ""
    return [
      name, shown(rates.callsPerSecond, 1, 0), shown(rates.failedShare, 100, 1, " %"),
      shown(rates.degradedShare, 100, 1, " %"), shown(rates.p50Seconds, 1_000, 2),
      shown(rates.p99Seconds, 1_000, 2), shown(rates.processors, 100, 0, " %"),
      shown(rates.residentBytes, 1e-6, 0), note,
    ]
  }
}
