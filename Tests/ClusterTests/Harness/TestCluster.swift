import Definitions
import Glibc
import Messages
import Node
import RPC
import Telemetry
import TestSupport

@testable import Commands

/// A cluster of real processes that nothing restarts: what a test kills stays dead until the test
/// itself starts it again.
final class TestCluster {
  /// One process of a service and where it listens.
  struct Replica {
    let service: ServiceKind
    let name: String
    var process: ChildProgram
    var ready: ReadyFile
  }

  /// How long a gateway waits for the services, and what else it does by the clock or by chance.
  enum GatewayTimes {
    /// No stall of the machine makes an answer worse, no request is sent twice, and no trace is kept
    /// by chance: for all that is not about time.
    case patient
    /// As deployed: for faults that only a clock shows.
    case shipped
  }

  /// Long enough for a machine that compiles something else at the same time.
  static let startSeconds = 60.0
  /// More than any machine needs for an answer, so that only a hang ends it.
  static let patienceMilliseconds = 20_000

  let folder = TemporaryFolder()
  let town: SmallTown
  private(set) var replicas: [Replica] = []
  private let flags: [String]
  private let gatewayFlags: [String]
  private let inferenceFlags: [String]
  private let times: GatewayTimes
  private let token: String
  /// Where each replica runs; nil for this machine itself.
  private let hosts: HostNetwork?
  private var started = 0

  /// - Parameters:
  ///   - flags: added to every process.
  ///   - gatewayFlags: added to the gateways only.
  ///   - inferenceFlags: added to the replicas of inference only.
  ///   - times: of the gateways; flags of theirs go before it.
  ///   - token: that the test's own clients show.
  ///   - hosts: the first replica of each service runs on the first host, and so on.
  init(
    gateways: Int = 1, retrieval: Int = 2, features: Int = 2, inference: Int = 2,
    flags: [String] = [], gatewayFlags: [String] = [], inferenceFlags: [String] = [],
    times: GatewayTimes = .patient, token: String = "", hosts: HostNetwork? = nil
  ) async throws {
    self.hosts = hosts
    self.times = times
    self.flags = flags
    self.token = token
    self.gatewayFlags = gatewayFlags
    self.inferenceFlags = inferenceFlags
    town = try SmallTown(in: folder)
    folder.write(Self.writersPatience, to: "features.json")
    folder.write(Self.gatewaysPatience, to: "gateway.json")
    let counts: [(ServiceKind, Int)] = [
      (.retrieval, retrieval), (.features, features), (.inference, inference),
      (.gateway, gateways),
    ]
    for (service, count) in counts {
      var starting: [(String, ChildProgram)] = []
      for index in 0..<count {
        let name = "\(service.rawValue)-\(index + 1)"
        starting.append((name, try await start(service, name)))
      }
      for (name, process) in starting {
        let ready = try await readiness(of: process, name)
        replicas.append(Replica(service: service, name: name, process: process, ready: ready))
      }
      try writeReplicaFile(service)
    }
    for gateway in self[.gateway] {
      try await wait(for: "a whole answer of \(gateway.name)") {
        try await !rank(at: gateway).degraded
      }
    }
  }

  /// Of a writer whose followers have slow disks.
  private static let writersPatience = #"{"events": {"copy_wait_ms": 5000}}"#
  /// Of a gateway that has all the time it may need.
  private static let gatewaysPatience = """
    {
      "budget_ms": 30000,
      "retrieval": {"budget_ms": 10000, "attempt_ms": 10000},
      "features": {"budget_ms": 10000, "attempt_ms": 10000, "user_budget_ms": 10000},
      "inference": {"budget_ms": 10000, "attempt_ms": 10000},
      "routing": {"hedge_percent": 0},
      "trace": {"sample_rate": 0}
    }
    """

  deinit {
    // A stopped process does not see a SIGTERM, and nothing here is worth draining.
    for replica in replicas { replica.process.killAndReap() }
  }

  private func start(
    _ service: ServiceKind, _ name: String, from binaries: String? = nil
  ) async throws -> ChildProgram {
    started += 1
    unlink(readyFile(name))
    let program = binaries.map { "\($0)/\(service.program)" } ?? service.program
    let command =
      try hosts.map { try $0.wrapper(Self.host(of: name)) + [Executables.path(program)] }
      ?? [program]
    return try await ChildProgram.start(
      command[0], command.dropFirst() + arguments(service, name), name: "\(name).\(started)",
      in: folder)
  }

  /// From 0; of `features-2`, 1.
  private static func host(of name: String) -> Int {
    (name.split(separator: "-").last.flatMap { Int($0) } ?? 1) - 1
  }

  private func arguments(_ service: ServiceKind, _ name: String) -> [String] {
    let plan = ClusterPlan(
      runFolder: folder.path, dataFolder: town.dataFolder, modelsFolder: town.modelsFolder,
      binaryFolder: "", port: 0)
    let address = hosts.map { "\($0.address(Self.host(of: name))):0" }
    return plan.arguments(service, name: name, listen: address, admin: address) + flags
      + (hosts == nil ? [] : ["--insecure"])
      + (times == .patient && (service == .gateway || service == .features)
        ? ["--config", folder.file("\(service.rawValue).json")] : [])
      + (service == .gateway ? gatewayFlags : [])
      + (service == .inference ? inferenceFlags : [])
  }

  private func readyFile(_ name: String) -> String { folder.file("\(name).ready") }

  private func readiness(of process: ChildProgram, _ name: String) async throws -> ReadyFile {
    var ready: ReadyFile?
    try await wait(for: "\(name) to be ready; \(process.tail)", seconds: Self.startSeconds) {
      ready = ReadyFile(reading: readyFile(name))
      return ready?.pid == process.pid || process.end != nil
    }
    guard let ready, process.end == nil else {
      throw NotInTime(description: "\(name) ended; \(process.tail)")
    }
    return ready
  }

  /// The list that gateways watch.
  private func writeReplicaFile(_ service: ServiceKind) throws {
    let lines = self[service].filter { $0.process.end == nil }.map { $0.ready.listen + "\n" }
    try replaceFile(replicaFile(service), with: Array(lines.joined().utf8))
  }

  func replicaFile(_ service: ServiceKind) -> String {
    folder.file("\(service.rawValue).replicas")
  }

  // MARK: Replicas

  subscript(_ service: ServiceKind) -> [Replica] { replicas.filter { $0.service == service } }

  var gatewayAddresses: String { self[.gateway].map(\.ready.listen).joined(separator: ",") }

  /// Starts a replica that has ended again, at a new port, and lists it.
  /// - Parameter binaries: folder of other executables than those under test.
  func restart(_ name: String, from binaries: String? = nil) async throws {
    guard let index = replicas.firstIndex(where: { $0.name == name }) else { return }
    let service = replicas[index].service
    let process = try await start(service, name, from: binaries)
    replicas[index].process = process
    replicas[index].ready = try await readiness(of: process, name)
    try writeReplicaFile(service)
  }

  // MARK: Asking

  static var request: RankRequest {
    var request = RankRequest()
    request.userID = SmallTown.userIDs[7]
    request.place = SmallTown.center.place
    request.nowMilliseconds = SmallTown.nowMilliseconds
    request.count = 20
    return request
  }

  func client(_ replica: Replica) async throws -> Client {
    let addresses = [Address(replica.ready.listen)].compactMap { $0 }
    return try await Client(
      replica.service.rawValue, at: .list(addresses),
      identity: Identity(replica: "test", software: "test", token: token))
  }

  /// One answer of a gateway, the first one where none is named.
  func rank(
    at gateway: Replica? = nil, milliseconds: Int = TestCluster.patienceMilliseconds
  ) async throws -> RankResponse {
    let client = try await client(gateway ?? self[.gateway][0])
    defer { client.shutDown() }
    return try await client.call(.rank, Self.request, .within(milliseconds: milliseconds))
      .result.get()
  }

  /// The sum of a metric's series, read from a replica's admin port.
  /// - Parameter label: a value that the series have among their labels; empty for all.
  func metric(_ name: String, labelled label: String = "", of replica: Replica) -> Double? {
    page("/metrics", of: replica).flatMap { metricSum(name, labelled: label, in: $0) }
  }

  /// A page of a replica's admin port; nil where it has none of that name, or has ended.
  func page(_ path: String, of replica: Replica) -> String? {
    guard let admin = Address(replica.ready.admin) else { return nil }
    let deadline = Instant.now().adding(milliseconds: Int64(Self.patienceMilliseconds))
    // People wait a moment for a page; a machine that stood still for longer has it all the same.
    repeat {
      if case .success(let answer) = AdminClient.answer(path, at: admin) {
        return answer.status == 200 ? answer.body : nil
      }
      usleep(10_000)
    } while replica.process.end == nil && Instant.now() < deadline
    return nil
  }

  /// Ranking's calls that a replica has answered; those of the log's followers are none.
  func callCount(of name: String) -> Double {
    replicas.first { $0.name == name }.flatMap {
      metric("rpc_server_call_duration_seconds_count", labelled: $0.service.work, of: $0)
    } ?? 0
  }

  /// The replica whose loss is felt most.
  func busiest(_ service: ServiceKind) -> Replica {
    let all = self[service]
    let counts = all.map { callCount(of: $0.name) }
    let index = counts.indices.max { counts[$0] < counts[$1] } ?? 0
    return all[index]
  }

  /// Until what was served is in the log, so that nothing more comes into it by itself.
  func spoolsEmptied() async throws {
    for gateway in self[.gateway] where gateway.process.end == nil {
      try await wait(for: "an empty spool of \(gateway.name)") {
        metric("brigade_gateway_spool_waiting_decisions", of: gateway) == 0
      }
    }
  }

  /// Rank requests that the gateways have answered, as far as they can be asked.
  var answeredCount: Double {
    self[.gateway].reduce(0) { $0 + (metric("brigade_gateway_requests_total", of: $1) ?? 0) }
  }
}

/// Sums the samples of a metric on a Prometheus page; nil where there is none.
func metricSum(_ name: String, labelled label: String = "", in page: String) -> Double? {
  let values = page.split(separator: "\n").filter {
    ($0.hasPrefix("\(name){") || $0.hasPrefix("\(name) "))
      && (label.isEmpty || $0.contains("=\"\(label)\""))
  }.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
  return values.isEmpty ? nil : values.reduce(0, +)
}

extension ServiceKind {
  /// The method that ranking needs the service for.
  fileprivate var work: String {
    switch self {
    case .retrieval: Method.search.name
    case .features: Method.assemble.name
    case .inference: Method.score.name
    case .gateway: Method.rank.name
    }
  }
}
