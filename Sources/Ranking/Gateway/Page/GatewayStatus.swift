internal import JSON
internal import Messages
internal import Node
internal import RPC

/// How a gateway stands now, as `/status` of the admin port tells it. Pure.
struct GatewayStatus: PageJSON {
  /// Nil: not known.
  struct Process: Equatable, Sendable {
    var cpuSeconds: Double?
    var residentBytes: Double?
    var queuedCalls: Double?
    /// The worst of all loops.
    var loopLagSeconds: Double?
    var openDescriptors: Double?
    var descriptorsMax: Double?
  }

  var replica: String
  var startedUnixMilliseconds: Int64
  var unixMilliseconds: Int64
  var window: ActivityBucket
  var windowSeconds: Double
  var board: ReplicaBoard
  /// Of the loop that is silent for longest; nil before the first report.
  var reportAgeNanoseconds: Int64?
  /// The latest first.
  var reasons: [RecentReasons.Entry]
  var process: Process
  var rollout: RolloutTelling.Told
  var experiments: ExperimentsStatus

  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("replica", replica)
      json.member("software", "brigade-gateway \(brigadeVersion)")
      json.member("startedUnixMs", startedUnixMilliseconds)
      json.member("unixMs", unixMilliseconds)
      json.member("windowSeconds", windowSeconds)
      if let reportAgeNanoseconds {
        json.member("reportAgeMs", max(0, reportAgeNanoseconds / 1_000_000))
      }
      json.key("process")
      writeProcess(to: &json)
      json.key("requests")
      writeRequests(to: &json)
      json.key("hops")
      json.array { json in for hop in HopKind.allCases { write(hop, to: &json) } }
      json.key("services")
      json.array { json in for service in ReplicaBoard.services { write(service: service, &json) } }
      json.key("models")
      json.array { json in
        for (name, answers) in window.models.sorted(by: { $0.key < $1.key }) {
          json.object { json in
            json.member("name", name)
            json.member("answers", answers)
          }
        }
      }
      json.key("rollout")
      writeRollout(to: &json)
      json.key("experiments")
      experiments.write(to: &json)
      json.key("changes")
      json.array { json in for change in board.changes.reversed() { write(change, to: &json) } }
      json.key("reasons")
      json.array { json in for reason in reasons { write(reason, to: &json) } }
    }
  }

  // MARK: Figures

  private func writeProcess(to json: inout JSONWriter) {
    json.object { json in
      if let seconds = process.cpuSeconds { json.member("cpuSeconds", seconds) }
      if let bytes = process.residentBytes { json.member("residentBytes", bytes) }
      if let calls = process.queuedCalls { json.member("queuedCalls", calls) }
      if let lag = process.loopLagSeconds { json.member("loopLagUs", (lag * 1e6).rounded()) }
      // Neither what cannot be read nor what has no limit is a number of JSON's.
      if let open = process.openDescriptors, open.isFinite { json.member("openDescriptors", open) }
      if let max = process.descriptorsMax, max.isFinite { json.member("descriptorsMax", max) }
    }
  }

  private func writeRequests(to json: inout JSONWriter) {
    json.object { json in
      json.member("count", window.requests)
      json.member("answered", window.answered)
      json.member("degraded", window.degraded)
      json.member("failed", window.failed)
      json.member("turnedAway", window.turnedAway)
      json.member("rejected", window.rejected)
      json.member("abandoned", window.abandoned)
      json.quantiles(window.latency)
    }
  }

  private func write(_ kind: HopKind, to json: inout JSONWriter) {
    let hop = window.hops[kind.position]
    json.object { json in
      json.member("method", kind.method)
      json.member("service", kind.service.rawValue)
      json.member("calls", hop.calls)
      json.member("retries", hop.retries)
      json.member("hedges", hop.hedges)
      json.member("errors", hop.errors)
      json.member("fallbacks", hop.fallbacks)
      json.quantiles(hop.latency)
    }
  }

  /// What requests that begin now are ranked with, and what keeps another version from it.
  private func writeRollout(to json: inout JSONWriter) {
    json.object { json in
      json.member("model", rollout.model)
      if let features = rollout.features { json.member("features", features) }
      json.key("waits")
      json.array { json in
        for reason in Rollout.Reason.allCases {
          guard let detail = rollout.waits[reason] else { continue }
          json.object { json in
            json.member("reason", reason.rawValue)
            json.member("detail", String(detail.prefix(RecentReasons.textLengthMax)))
          }
        }
      }
    }
  }

  // MARK: Replicas

  private func write(service: HopKind, _ json: inout JSONWriter) {
    let all = board.replicas[service] ?? []
    // What is well is left out before what is not.
    let told = all.enumerated().sorted {
      ($1.element.status.state.severity, $0.offset) < ($0.element.status.state.severity, $1.offset)
    }.prefix(ReplicaBoard.replicasMax).sorted { $0.offset < $1.offset }
    json.object { json in
      json.member("name", service.rawValue)
      json.member("known", all.count)
      json.member("ready", all.count { $0.status.state == .ready })
      json.key("replicas")
      json.array { json in for replica in told { write(replica.element, to: &json) } }
    }
  }

  private func write(_ replica: ReplicaBoard.Replica, to json: inout JSONWriter) {
    let status = replica.status
    let traffic = window.replicas[status.name]
    json.object { json in
      json.member("name", status.name)
      json.member("address", status.address)
      json.member("software", status.software)
      json.member("state", status.state.rawValue)
      if !status.why.isEmpty { json.member("why", status.why) }
      json.member("agreeing", replica.agreeing)
      json.member("loops", replica.loops)
      json.member("inFlight", status.inFlight)
      json.member("load", status.load.rounded(digits: 1))
      json.member("processors", status.processors.rounded(digits: 2))
      if let latency = status.latencyNanoseconds {
        json.member("latencyUs", (latency / 1_000).rounded())
      }
      json.member("attempts", traffic?.attempts ?? 0)
      json.member("errors", traffic?.errors ?? 0)
      if let serves = status.serves { LoadedList(serves).write(to: &json) }
    }
  }

  private func write(_ change: ReplicaBoard.Change, to json: inout JSONWriter) {
    json.object { json in
      json.member("unixMs", change.unixMilliseconds)
      json.member("service", change.service.rawValue)
      json.member("replica", change.replica)
      if let from = change.from { json.member("from", from.rawValue) }
      if let to = change.to { json.member("to", to.rawValue) }
      if !change.why.isEmpty { json.member("why", change.why) }
    }
  }

  private func write(_ reason: RecentReasons.Entry, to json: inout JSONWriter) {
    json.object { json in
      json.member("method", reason.method)
      json.member("rung", "\(reason.rung)")
      json.member("why", reason.why)
      json.member("count", reason.count)
      json.member("firstUnixMs", reason.firstUnixMilliseconds)
      json.member("lastUnixMs", reason.lastUnixMilliseconds)
    }
  }
}

extension HopKind {
  /// Whose replicas it asks.
  fileprivate var service: HopKind { self == .user ? .features : self }
}

extension Double {
  fileprivate func rounded(digits: Int) -> Double {
    let scale = digits == 1 ? 10.0 : 100
    return (self * scale).rounded() / scale
  }
}

extension JSONWriter {
  /// The members of what was measured at all.
  fileprivate mutating func quantiles(_ latency: LatencyCounts) {
    for (name, q) in [("p50Us", 0.5), ("p95Us", 0.95), ("p99Us", 0.99)] {
      if let value = latency.quantile(q) { member(name, value.rounded()) }
    }
  }
}
