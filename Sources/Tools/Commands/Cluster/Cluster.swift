internal import Glibc
internal import Node
internal import RPC
internal import Telemetry

/// The processes of a cluster on this machine, and the lists by which gateways find the others.
struct Cluster {
  /// After which a draining process is killed.
  static let stopMilliseconds: Int64 = 15_000

  let plan: ClusterPlan
  private(set) var replicas: [Replica] = []
  private(set) var counts: ReplicaCounts

  /// - Parameters:
  ///   - gatewayPorts: one a gateway; nil lets the kernel choose.
  ///   - edgePorts: of their HTTP ports, likewise.
  ///   - adminPort: of the first gateway; nil lets the kernel choose.
  init(
    _ plan: ClusterPlan, _ counts: ReplicaCounts, gatewayPorts: [UInt16?], edgePorts: [UInt16?],
    adminPort: UInt16? = nil
  ) {
    self.plan = plan
    self.counts = counts
    for service in ServiceKind.allCases {
      for index in 0..<counts[service] {
        var listen: String?
        var edge: String?
        var admin: String?
        if service == .gateway {
          listen = gatewayPorts[index].map { "127.0.0.1:\($0)" }
          edge = "127.0.0.1:\(edgePorts[index] ?? 0)"
          if index == 0 { admin = adminPort.map { "127.0.0.1:\($0)" } }
        }
        replicas.append(
          Replica(service, index, plan: plan, listen: listen, edge: edge, admin: admin))
      }
    }
  }

  var isReady: Bool { replicas.allSatisfy { $0.ready != nil } }
  /// Of the first gateway.
  var admin: String? { replicas.first { $0.service == .gateway }?.ready?.admin }
  var edges: [String] { replicas.compactMap(\.ready?.edge) }
  var gateways: [String] { replicas.filter { $0.service == .gateway }.compactMap(\.ready?.listen) }

  /// More replicas are started by `tend`; those too many, the last ones, are asked to drain at once,
  /// and are in no list from then on.
  mutating func scale(to counts: ReplicaCounts) throws(SystemError) {
    self.counts = counts
    for service in ServiceKind.allCases {
      let serving = replicas.indices.filter {
        replicas[$0].service == service && replicas[$0].state != .stopped
      }
      for index in serving.dropFirst(counts[service]) { replicas[index].stop() }
      for _ in 0..<max(0, counts[service] - serving.count) { addReplica(service) }
    }
    try writeReplicaFiles()
  }

  /// Under the first name that is free; one that still drains has its own.
  private mutating func addReplica(_ service: ServiceKind) {
    let taken = Set(replicas.map(\.name))
    guard let index = (0...replicas.count).first(where: { !taken.contains(plan.name(service, $0)) })
    else { return }
    let edge = service == .gateway ? "127.0.0.1:0" : nil
    let place = replicas.lastIndex { $0.service == service }.map { $0 + 1 } ?? replicas.count
    replicas.insert(Replica(service, index, plan: plan, listen: nil, edge: edge), at: place)
  }

  /// Starts what is to run and writes down where it listens; true when something changed. Gateways
  /// come last: one that starts with the lists written waits for its connections, one that starts
  /// before would answer its first requests without the others.
  mutating func tend(_ now: Instant) throws(SystemError) -> Bool {
    var changed = false
    let mayStartGateways = replicas.allSatisfy { $0.service == .gateway || $0.isSettled }
    for index in replicas.indices {
      if replicas[index].service == .gateway, !replicas[index].isRunning, !mayStartGateways {
        continue
      }
      if try replicas[index].tend(now) { changed = true }
    }
    if replicas.contains(where: \.isGone) { replicas.removeAll(where: \.isGone) }
    if changed { try writeReplicaFiles() }
    return changed
  }

  private func writeReplicaFiles() throws(SystemError) {
    for service in ServiceKind.allCases {
      let addresses = replicas.filter { $0.service == service }.compactMap(\.ready?.listen)
      let text = addresses.map { $0 + "\n" }.joined()
      try replaceFile(plan.replicaFile(service), with: Array(text.utf8))
    }
  }

  /// Gateways first, so that nobody asks the others any more when they drain.
  mutating func stop() {
    let deadline = Instant.now().adding(milliseconds: Self.stopMilliseconds)
    for services in [[ServiceKind.gateway], [.retrieval, .features, .inference]] {
      for index in replicas.indices where services.contains(replicas[index].service) {
        replicas[index].stop()
      }
      wait(for: services, until: deadline)
    }
    for index in replicas.indices { replicas[index].stop(SIGKILL) }
    wait(for: ServiceKind.allCases, until: Instant.now().adding(milliseconds: 1_000))
  }

  private mutating func wait(for services: [ServiceKind], until deadline: Instant) {
    while replicas.contains(where: { services.contains($0.service) && $0.isRunning }),
      Instant.now() < deadline
    {
      for index in replicas.indices { _ = try? replicas[index].tend(.now()) }
      usleep(10_000)
    }
  }
}
