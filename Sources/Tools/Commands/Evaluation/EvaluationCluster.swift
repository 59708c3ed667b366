internal import Glibc
internal import Node
internal import RPC
internal import Synchronization
internal import Telemetry

/// A cluster that runs for one evaluation. A replica that ends makes it fail: figures of a cluster
/// that limped say nothing.
final class EvaluationCluster: Sendable {
  /// Loading a large log takes a while.
  private static let readySecondsMax: Int64 = 300

  struct Addresses: Sendable {
    let gateway: String
    /// Those that have state: name, service, address.
    let stateful: [(name: String, service: ServiceKind, address: String)]
  }

  // Replicas end with the thread that started them, and the runtime's threads come and go.
  private let starter = Worker(name: "starter")
  private let cluster: Mutex<Cluster>

  init(_ plan: ClusterPlan, _ counts: ReplicaCounts) {
    let kernelChooses = [UInt16?](repeating: nil, count: counts[.gateway])
    cluster = Mutex(
      Cluster(plan, counts, gatewayPorts: kernelChooses, edgePorts: kernelChooses))
  }

  /// Waits until every replica is ready.
  func start() async throws(CommandFailure) -> Addresses {
    let result = await starter.run { [self] () -> Result<Addresses, CommandFailure> in
      do throws(CommandFailure) { return .success(try waitUntilReady()) } catch {
        return .failure(error)
      }
    }
    guard let result else { throw CommandFailure("the cluster was stopped") }
    return try result.get()
  }

  private func waitUntilReady() throws(CommandFailure) -> Addresses {
    let deadline = Instant.now().adding(milliseconds: Self.readySecondsMax * 1_000)
    while Instant.now() < deadline {
      if let addresses = try tend() { return addresses }
      usleep(20_000)
    }
    throw CommandFailure("the cluster is not ready after \(Self.readySecondsMax) s")
  }

  /// The addresses once all are ready.
  private func tend() throws(CommandFailure) -> Addresses? {
    let result = cluster.withLock { cluster -> Result<Addresses?, CommandFailure> in
      do throws(SystemError) {
        _ = try cluster.tend(.now())
      } catch {
        return .failure(CommandFailure("\(error)"))
      }
      if let failed = cluster.replicas.first(where: { !$0.lastEnd.isEmpty }) {
        return .failure(
          CommandFailure(
            "\(failed.name) ended (\(failed.lastEnd)); see \(cluster.plan.log(failed.name))"))
      }
      return .success(cluster.isReady ? Self.addresses(cluster) : nil)
    }
    return try result.get()
  }

  private static func addresses(_ cluster: Cluster) -> Addresses {
    Addresses(
      gateway: cluster.gateways.first ?? "",
      stateful: cluster.replicas.filter { $0.service == .retrieval || $0.service == .features }
        .compactMap { replica in
          replica.ready.map { (replica.name, replica.service, $0.listen) }
        })
  }

  /// Drains all. Once.
  func stop() async {
    _ = await starter.run { [self] in cluster.withLock { $0.stop() } }
    starter.stop()
  }
}
