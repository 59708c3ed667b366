import Definitions
import Glibc
import Messages
import Node
import RPC
import Telemetry
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// Three hosts with a gateway and a replica of each service each.
  @Suite(.serialized) struct LostHostTests {
    /// Before something else happens.
    private static let answersBetween = 60
    /// Of what waits in a spool whose events are taken.
    private static let ageMaxSeconds = 0.5

    @Test func `a cluster loses a host, is split in two, heals, and has every event once`()
      async throws
    {
      guard let hosts = await HostNetwork() else {
        try Test.cancel("\(NetworkNamespace.absence)")
      }
      do {
        try await drill(hosts)
      } catch {
        await hosts.remove()
        throw error
      }
      await hosts.remove()
    }

    private func drill(_ hosts: HostNetwork) async throws {
      let cluster = try await TestCluster(
        gateways: 3, retrieval: 3, features: 3, inference: 3, times: .shipped, hosts: hosts)
      let viewers = try await Viewers(of: cluster, knowsAll: true)
      try await viewers.watch { seen in
        try await wait(for: "answers") { seen() >= Self.answersBetween }
        try await lose(2, hosts, cluster, viewers)
        try await split(hosts, cluster, viewers)
        try await back(2, hosts, cluster)
        let before = seen()
        try await wait(for: "answers of the whole cluster") {
          seen() >= before + Self.answersBetween
        }
      }
      print(
        "a lost host and a split: \(viewers.shown.count) answers, \(viewers.degraded) degraded, "
          + "\(viewers.failures) failed")
      #expect(viewers.failures == 0, "\(viewers.reasons)")
      try await expectOnce(viewers.shown, cluster)
    }

    // MARK: Faults

    /// Its cables are pulled, and then it is off: nobody gets a word of that.
    private func lose(
      _ host: Int, _ hosts: HostNetwork, _ cluster: TestCluster, _ viewers: Viewers
    ) async throws {
      try await hosts.setLinks(of: host, up: false)
      let start = Instant.now()
      for replica in cluster.replicas(on: host) {
        replica.process.send(SIGKILL)
        #expect(try await replica.process.waitForEnd() == .signal(SIGKILL))
      }
      try await whole(cluster, [0, 1])
      let before = viewers.shown.count
      try await wait(for: "answers without the host") {
        viewers.shown.count >= before + Self.answersBetween
      }
      print("answers are whole \(seconds(since: start)) s after a host was lost")
    }

    /// The writer's host by itself, and the other one that is left.
    private func split(
      _ hosts: HostNetwork, _ cluster: TestCluster, _ viewers: Viewers
    ) async throws {
      try await hosts.setTrunk(up: false)
      let start = Instant.now()
      try await whole(cluster, [0, 1])
      print("both sides' answers are whole \(seconds(since: start)) s after the split")
      // On the writer's side events get into the log, on the other one into the gateway's spool. A
      // gateway that still waits for a replica beyond the split spools, and one id counts once.
      try await wait(for: "an event in the log on the writer's side") {
        try await !append("left", at: cluster[.gateway][0]).spooled
      }
      #expect(try await append("right", at: cluster[.gateway][1]).spooled)
      #expect(try writers(cluster, [0, 1]) == [0])
      try await hosts.setTrunk(up: true)
      let healed = Instant.now()
      // Requests go on, so that something new waits always.
      try await wait(for: "what waited to be forwarded", seconds: 40) {
        [0, 1].allSatisfy { host in
          let age = cluster.metric(
            "brigade_gateway_spool_oldest_age_seconds", of: cluster[.gateway][host])
          return age.map { $0 < Self.ageMaxSeconds } ?? false
        }
      }
      print("what waited is forwarded \(seconds(since: healed)) s after the split was mended")
    }

    private func back(
      _ host: Int, _ hosts: HostNetwork, _ cluster: TestCluster
    ) async throws {
      try await hosts.setLinks(of: host, up: true)
      for replica in cluster.replicas(on: host) { try await cluster.restart(replica.name) }
      try await whole(cluster, [0, 1, 2])
    }

    // MARK: What is seen

    /// Waits until a gateway on each host ranks with all services again.
    private func whole(_ cluster: TestCluster, _ hosts: [Int]) async throws {
      for host in hosts {
        let gateway = cluster[.gateway][host]
        try await wait(for: "whole answers of \(gateway.name)", seconds: 40) {
          (try? await cluster.rank(at: gateway))?.degraded == false
        }
      }
    }

    private func append(
      _ id: String, at gateway: TestCluster.Replica
    ) async throws -> AppendResponse {
      var event = Event()
      event.id = id
      event.kind = .order
      event.timeMilliseconds = SmallTown.nowMilliseconds - 60_000
      event.userID = SmallTown.userIDs[7]
      event.itemID = "item-1"
      var request = AppendRequest()
      request.events = [event]
      let addresses = [Address(gateway.ready.listen)].compactMap { $0 }
      let client = try await Client(
        "gateway", at: .list(addresses), identity: Identity(replica: "test", software: "test"))
      defer { client.shutDown() }
      return try await client.call(.append, request, .within(milliseconds: 3_000)).result.get()
    }

    /// Hosts whose features replica says that it writes the log.
    private func writers(_ cluster: TestCluster, _ hosts: [Int]) throws -> [Int] {
      try hosts.filter {
        try #require(cluster.metric("brigade_events_writer", of: cluster[.features][$0])) == 1
      }
    }

    private func waiting(_ cluster: TestCluster, _ host: Int) -> Double? {
      cluster.metric("brigade_gateway_spool_waiting_decisions", of: cluster[.gateway][host])
    }

    private func expectOnce(_ shown: [String: Int], _ cluster: TestCluster) async throws {
      try await wait(for: "empty spools", seconds: 40) {
        (0..<3).allSatisfy { waiting(cluster, $0) == 0 }
      }
      #expect(try writers(cluster, [0, 1, 2]) == [0])
      func position(_ host: Int) -> Double? {
        cluster.metric("brigade_events_log_position", of: cluster[.features][host])
      }
      try await wait(for: "logs of one length") {
        position(0) != nil && position(0) == position(1) && position(0) == position(2)
      }
      let logs = try (1...3).map { try ids(cluster, "features-\($0)") }
      #expect(logs[0] == logs[1] && logs[0] == logs[2])
      #expect(Set(logs[0]).count == logs[0].count, "events are there twice")
      #expect(Set(["left", "right"]).isSubset(of: logs[0]))
      var impressions: [String: Int] = [:]
      try EventLog.read(log(cluster, "features-1")) { event, _ in
        if event.kind == .impression { impressions[event.requestID, default: 0] += 1 }
      }
      // A request whose gateway was lost may have been served by two: both showed the same list.
      let lost = shown.filter { impressions[$0.key, default: 0] < $0.value }
      #expect(lost.isEmpty, "\(lost.count) of \(shown.count), such as \(lost.prefix(3))")
    }

    private func log(_ cluster: TestCluster, _ name: String) -> String {
      cluster.folder.file("\(name).state/events.brigade")
    }

    private func ids(_ cluster: TestCluster, _ name: String) throws -> [String] {
      var ids: [String] = []
      try EventLog.read(log(cluster, name)) { event, _ in ids.append(event.id) }
      return ids
    }

    private func seconds(since start: Instant) -> Double {
      Double(Instant.now().nanoseconds(since: start)) / 1e9
    }
  }
}

extension TestCluster {
  /// Those of one host, which all have its number.
  fileprivate func replicas(on host: Int) -> [Replica] {
    replicas.filter { $0.name.hasSuffix("-\(host + 1)") }
  }
}
