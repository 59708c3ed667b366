internal import RPC
internal import Telemetry

/// The replicas of each service as all loops of a gateway see them together, and what changed. Pure.
struct ReplicaBoard: Sendable {
  /// Of one service that are told, the worst of them first to stay.
  static let replicasMax = 200
  /// Older ones are forgotten.
  static let changesMax = 40
  /// In the order in which they are told.
  static let services: [HopKind] = [.retrieval, .features, .inference]

  struct Replica: Equatable, Sendable {
    /// The worst that a loop sees; calls are those of all, load and processors the most that one
    /// heard of, the latency the longest.
    var status: ReplicaStatus
    /// Loops that see it so.
    var agreeing: Int
    /// Loops that know of it.
    var loops: Int
  }

  struct Change: Equatable, Sendable {
    var unixMilliseconds: Int64
    var service: HopKind
    var replica: String
    /// Nil: it was not known, or is no longer.
    var from: ReplicaStatus.State?
    var to: ReplicaStatus.State?
    var why: String
  }

  private struct Report: Sendable {
    var at: Instant
    var replicas: [HopKind: [ReplicaStatus]]
  }

  /// By loop.
  private var reports: [Int: Report] = [:]
  private(set) var replicas: [HopKind: [Replica]] = [:]
  /// The latest last.
  private(set) var changes: [Change] = []

  /// What one loop sees now.
  mutating func report(
    _ statuses: [HopKind: [ReplicaStatus]], by loop: Int, _ now: Instant, unixMilliseconds: Int64
  ) {
    reports[loop] = Report(at: now, replicas: statuses)
    for service in Self.services {
      let merged = Self.merge(reports.values.map { $0.replicas[service] ?? [] })
      if let before = replicas[service] {
        note(service, before, merged, unixMilliseconds)
      }
      replicas[service] = merged
    }
  }

  /// Nanoseconds since the loop that is silent for longest was heard; nil before the first report.
  func age(_ now: Instant) -> Int64? {
    reports.values.map { now.nanoseconds(since: $0.at) }.max()
  }

  private static func merge(_ views: [[ReplicaStatus]]) -> [Replica] {
    var merged: [String: Replica] = [:]
    for status in views.joined() {
      guard let known = merged[status.address] else {
        merged[status.address] = Replica(status: status, agreeing: 1, loops: 1)
        continue
      }
      merged[status.address] = known.and(status)
    }
    return merged.values.sorted {
      ($0.status.name, $0.status.address) < ($1.status.name, $1.status.address)
    }
  }

  /// Being connected for the first time is no news.
  private mutating func note(
    _ service: HopKind, _ before: [Replica], _ after: [Replica], _ unixMilliseconds: Int64
  ) {
    func byAddress(_ replicas: [Replica]) -> [String: ReplicaStatus] {
      Dictionary(
        replicas.map { ($0.status.address, $0.status) }, uniquingKeysWith: { first, _ in first })
    }
    let (known, now) = (byAddress(before), byAddress(after))
    for address in Set(known.keys).union(now.keys).sorted() {
      let (from, to) = (known[address], now[address])
      guard from?.state != to?.state, from?.state != .connecting || to?.state != .ready else {
        continue
      }
      changes.append(
        Change(
          unixMilliseconds: unixMilliseconds, service: service,
          replica: to?.name ?? from?.name ?? address, from: from?.state, to: to?.state,
          why: to?.why ?? ""))
    }
    changes.removeFirst(max(0, changes.count - Self.changesMax))
  }
}

extension ReplicaBoard.Replica {
  fileprivate func and(_ other: ReplicaStatus) -> ReplicaBoard.Replica {
    var both = self
    if other.state == status.state {
      both.agreeing += 1
    } else if other.state.severity > status.state.severity {
      both.status.state = other.state
      both.status.why = other.why
      both.agreeing = 1
    }
    if status.software.isEmpty {
      both.status.name = other.name
      both.status.software = other.software
    }
    both.status.serves = status.serves ?? other.serves
    both.loops += 1
    both.status.inFlight += other.inFlight
    both.status.load = max(status.load, other.load)
    both.status.processors = max(status.processors, other.processors)
    both.status.latencyNanoseconds =
      [status.latencyNanoseconds, other.latencyNanoseconds].compactMap { $0 }.max()
    return both
  }
}

extension ReplicaStatus.State {
  var severity: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
