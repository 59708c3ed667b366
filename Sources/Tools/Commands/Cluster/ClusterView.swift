internal import Node
internal import RPC
internal import Telemetry

/// What `brigade up` shows: a table that replaces itself on a terminal, else a line whenever a
/// replica changes.
struct ClusterView {
  private static let refreshMilliseconds: Int64 = 1_000

  private let console: Console
  private var shownAt = Instant(nanoseconds: 0)
  private var linesShown = 0
  private var states: [String: String] = [:]
  private var samples: [String: ReplicaSample] = [:]

  init(_ console: Console) { self.console = console }

  mutating func show(_ cluster: Cluster, changed: Bool) {
    if !console.outputIsTerminal { return noteChanges(cluster) }
    let now = Instant.now()
    guard changed || now > shownAt.adding(milliseconds: Self.refreshMilliseconds) else { return }
    shownAt = now
    var text = linesShown > 0 ? "\u{1B}[\(linesShown)A" : ""
    let lines = table(cluster, now).split(separator: "\n", omittingEmptySubsequences: false)
    for line in lines { text += "\u{1B}[2K\(line)\n" }
    linesShown = lines.count
    console.printRaw(text)
  }

  /// Something that stays: it takes the table's place, and the table goes on below it.
  mutating func announce(_ text: String) {
    if linesShown > 0 { console.printRaw("\u{1B}[\(linesShown)A\u{1B}[J") }
    linesShown = 0
    shownAt = Instant(nanoseconds: 0)
    console.print(text)
  }

  private mutating func noteChanges(_ cluster: Cluster) {
    for replica in cluster.replicas {
      let state = state(replica)
      guard states.updateValue(state, forKey: replica.name) != state else { continue }
      let address = replica.ready.map { " at \($0.listen)" } ?? ""
      let pid = replica.pid.map { " pid \($0)" } ?? ""
      console.note("\(replica.name) \(state)\(address)\(pid)")
    }
  }

  private func state(_ replica: Replica) -> String {
    switch replica.state {
    case .starting: "starting"
    case .ready: "ready"
    case .waiting where replica.lastEnd.isEmpty: "starting"
    case .waiting: "restarting after \(replica.lastEnd)"
    case .stopped: "stopped"
    }
  }

  private mutating func table(_ cluster: Cluster, _ now: Instant) -> String {
    var table = TextTable([
      "replica": .left, "state": .left, "address": .left, "admin": .left, "pid": .right,
      "restarts": .right, "calls/s": .right, "p50 ms": .right, "p99 ms": .right,
    ])
    for replica in cluster.replicas {
      let rates = rates(replica, now)
      table.append([
        replica.name, state(replica), replica.ready?.listen ?? "-", replica.ready?.admin ?? "-",
        replica.pid.map { String($0) } ?? "-", String(replica.restarts), rates.perSecond,
        rates.p50, rates.p99,
      ])
    }
    return table.text + "\nCtrl-C drains all and ends"
  }

  private mutating func rates(
    _ replica: Replica, _ now: Instant
  ) -> (perSecond: String, p50: String, p99: String) {
    guard let ready = replica.ready, let admin = Address(ready.admin),
      let text = AdminClient.get("/metrics", at: admin)
    else { return ("-", "-", "-") }
    let sample = ReplicaSample(metrics: text, at: now)
    defer { samples[replica.name] = sample }
    guard let earlier = samples[replica.name], let rates = sample.since(earlier) else {
      return ("-", "-", "-")
    }
    return (rates.perSecond.fixed(0), shown(rates.p50), shown(rates.p99))
  }

  private func shown(_ seconds: Double?) -> String { seconds.map { ($0 * 1_000).fixed(2) } ?? "-" }
}
