internal import Telemetry

/// The rows of `brigade top`, one a process and one for all. Keeps what it has seen, to tell what
/// happened since. Pure.
struct TopView {
  /// A process and what its admin port told, or why it told nothing.
  struct Process {
    var name: String
    var metrics: Result<String, AdminProblem>
  }

  private struct Column: Sendable {
    let title: String
    let isWide: Bool
    let cell: @Sendable (TopSample.Rates) -> String
  }

  /// Characters from which on there is room for all columns.
  static let wideColumns = 110
  private static let total = "all"

  private static let columns = [
    Column(title: "calls/s", isWide: false) { shown($0.callsPerSecond, 1, 0) },
    Column(title: "failed", isWide: false) { shown($0.failedShare, 100, 1, " %") },
    Column(title: "degraded", isWide: false) { shown($0.degradedShare, 100, 1, " %") },
    Column(title: "p50 ms", isWide: false) { shown($0.p50Seconds, 1_000, 2) },
    Column(title: "p99 ms", isWide: false) { shown($0.p99Seconds, 1_000, 2) },
    Column(title: "refused/s", isWide: true) { shown($0.refusedPerSecond, 1, 0) },
    Column(title: "queued", isWide: true) { shown($0.queuedCalls, 1, 0) },
    Column(title: "limit", isWide: true) { shown($0.concurrencyLimit, 1, 0) },
    Column(title: "ejected", isWide: true) { shown($0.ejectedReplicas, 1, 0) },
    Column(title: "cpu", isWide: false) { shown($0.processors, 100, 0, " %") },
    Column(title: "MB", isWide: false) { shown($0.residentBytes, 1e-6, 0) },
  ]

  /// Whether there is room for all columns.
  var isWide: Bool
  private var columns: [Column] { Self.columns.filter { isWide || !$0.isWide } }
  private var samples: [String: TopSample] = [:]
  /// Whose metrics are in the row for all.
  private var counted: [String] = []

  init(isWide: Bool = false) { self.isWide = isWide }

  mutating func table(_ processes: [Process], at now: Instant) -> String {
    var table = TextTable(
      columns: [("replica", .left)] + columns.map { ($0.title, .right) } + [("", .left)])
    if processes.count > 1 { table.append(totalRow(processes, at: now)) }
    for process in processes {
      switch process.metrics {
      case .failure(let problem):
        samples[process.name] = nil
        table.append(row(process.name, nil, note: problem.description))
      case .success(let metrics):
        let rates = rates(of: process.name, TopSample(metrics: metrics, at: now))
        table.append(row(process.name, rates, note: rates.map(note) ?? "first look"))
      }
    }
    return table.text
  }

  /// Of what a sample says, and the one that was there before it under that name.
  private mutating func rates(of name: String, _ sample: TopSample) -> TopSample.Rates? {
    let earlier = samples.updateValue(sample, forKey: name)
    return earlier.map { sample.since($0) }
  }

  /// Requests as the gateways answered them, and what all processes take.
  private mutating func totalRow(_ processes: [Process], at now: Instant) -> [String] {
    let told = processes.compactMap { process in
      (try? process.metrics.get()).map { (name: process.name, metrics: $0) }
    }
    let gateways = told.filter { $0.metrics.contains("\nbrigade_gateway_requests_total") }
    if told.map(\.name) != counted { (samples[" gateways"], samples[" all"]) = (nil, nil) }
    counted = told.map(\.name)
    func joined(_ pages: [(name: String, metrics: String)]) -> TopSample {
      TopSample(metrics: pages.map(\.metrics).joined(separator: "\n"), at: now)
    }
    let all = rates(of: " all", joined(told))
    var rates = rates(of: " gateways", joined(gateways))
    if gateways.isEmpty { rates = all.map { _ in TopSample.Rates() } }
    rates?.processors = all?.processors
    rates?.residentBytes = all?.residentBytes
    rates?.queuedCalls = all?.queuedCalls
    rates?.refusedPerSecond = all?.refusedPerSecond
    // Of different services, limits have no sum that means anything.
    rates?.concurrencyLimit = nil
    let silent = processes.count - told.count
    return row(Self.total, rates, note: silent > 0 ? "\(silent) of \(processes.count) silent" : "")
  }

  private func row(_ name: String, _ rates: TopSample.Rates?, note: String) -> [String] {
    [name] + columns.map { column in rates.map(column.cell) ?? "-" } + [note]
  }

  private func note(_ rates: TopSample.Rates) -> String {
    rates.callsPerSecond == nil ? "restarted" : rates.callsPerSecond == 0 ? "no calls" : ""
  }

  private static func shown(
    _ value: Double?, _ scale: Double, _ digits: Int, _ unit: String = ""
  ) -> String {
    value.map { ($0 * scale).fixed(digits) + unit } ?? "-"
  }
}
