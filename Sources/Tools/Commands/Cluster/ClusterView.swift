internal import Node
internal import RPC
internal import Telemetry

/// What `brigade up` shows: a table that replaces itself on a terminal, else a line whenever a
/// replica changes.
struct ClusterView {
  private static let refreshMilliseconds: Int64 = 1_000

  /// A replica that hangs keeps the others from being looked after for so long.
  private static let patienceMilliseconds: Int64 = 300

  private let console: Console
  private var screen: LiveScreen
  private var shownAt = Instant(nanoseconds: 0)
  private var states: [String: String] = [:]
  private var samples: [String: ReplicaSample] = [:]

  init(_ console: Console) {
    self.console = console
    screen = LiveScreen(console)
  }

  mutating func show(_ cluster: Cluster, changed: Bool) {
    if !console.outputIsTerminal { return noteChanges(cluster) }
    let now = Instant.now()
    guard changed || now > shownAt.adding(milliseconds: Self.refreshMilliseconds) else { return }
    shownAt = now
    screen.show(table(cluster, now), footer: 1)
  }

  /// Something that stays: it takes the table's place, and the table goes on below it.
  mutating func announce(_ text: String) {
    screen.wipe()
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
    let pages = pages(cluster)
    for replica in cluster.replicas {
      let rates = rates(replica.name, pages[replica.name], now)
      table.append([
        replica.name, state(replica), replica.ready?.listen ?? "-", replica.ready?.admin ?? "-",
        replica.pid.map { String($0) } ?? "-", String(replica.restarts), rates.perSecond,
        rates.p50, rates.p99,
      ])
    }
    return table.text + "\nCtrl-C drains all and ends"
  }

  /// Metrics by replica, of those that tell them.
  private func pages(_ cluster: Cluster) -> [String: String] {
    let known = cluster.replicas.compactMap { replica in
      replica.ready.flatMap { Address($0.admin) }.map { (name: replica.name, admin: $0) }
    }
    let answers = AdminClient.answers(
      "/metrics", at: known.map(\.admin), milliseconds: Self.patienceMilliseconds)
    var pages: [String: String] = [:]
    for (replica, answer) in zip(known, answers) {
      if let answer = try? answer.get(), answer.status == 200 { pages[replica.name] = answer.body }
    }
    return pages
  }

  private mutating func rates(
    _ name: String, _ metrics: String?, _ now: Instant
  ) -> (perSecond: String, p50: String, p99: String) {
    guard let metrics else { return ("-", "-", "-") }
    let sample = ReplicaSample(metrics: metrics, at: now)
    defer { samples[name] = sample }
    guard let earlier = samples[name], let rates = sample.since(earlier) else {
      return ("-", "-", "-")
    }
    return (rates.perSecond.fixed(0), shown(rates.p50), shown(rates.p99))
  }

  private func shown(_ seconds: Double?) -> String { seconds.map { ($0 * 1_000).fixed(2) } ?? "-" }
}
