import Glibc
import Messages
import Node
import RPC
import ServingSupport
import Telemetry
import Testing

@testable import Commands

extension RealProcesses {
  /// Everything that a network does to connections, between real processes.
  @Suite(.serialized) struct NetworkFaultTests {
    /// What calls come to while a fault lasts.
    enum Expected: Equatable {
      case allAnswered
      case noneAnswered
      case some
    }

    private static let faults: [(fault: NetworkFault, expected: Expected)] = [
      (.delay(milliseconds: 30, jitterMilliseconds: 30), .allAnswered),
      (.bandwidth(bytesPerSecond: 40_000), .some),
      (.slowReader(bytesPerSecond: 2_000), .some),
      (.cut(afterBytes: 400), .noneAnswered),
      (.reset, .noneAnswered),
      (.blackHole, .noneAnswered),
      (.halfOpen, .noneAnswered),
    ]
    /// Each takes seconds behind a gateway: all of them only in the long run.
    private static let faultsBehindGateway: [NetworkFault] =
      getenv("BRIGADE_EVERY_FAULT") != nil
      ? faults.map(\.fault)
      : [.delay(milliseconds: 30, jitterMilliseconds: 30), .cut(afterBytes: 400), .halfOpen]
    private static let deadlineMilliseconds: Int64 = 400
    /// A timer of a loop that shares two processors with a cluster.
    private static let slackMilliseconds: Int64 = 150
    /// A ping after a second of silence, a second and a half for its answer, one more to connect.
    private static let recoverySeconds = 4.0
    private static let callsAtOnce = 4
    private static let rounds = 4

    @Test func `a caller's calls end by their deadline, and succeed again once the fault is over`()
      async throws
    {
      let cluster = try await TestCluster(retrieval: 1, features: 1, inference: 1)
      let gateway = cluster[.gateway][0]
      let proxy = try proxy(to: gateway)
      let client = try await Client(
        "gateway", at: .list([proxy.address]),
        identity: Identity(replica: "test", software: "test"))
      defer { client.shutDown() }
      for (fault, expected) in Self.faults {
        _ = try await recovered(client)
        let stalls = StallWatch()
        proxy.set(fault)
        // All of them tells nothing of the deadline, and then it may come late.
        let calls = await calls(
          client,
          within: expected == .allAnswered
            ? TestCluster.patienceMilliseconds : Int(Self.deadlineMilliseconds))
        proxy.set(.none)
        let seconds = try await recovered(client)
        let answered = calls.count { $0.code == .ok }
        let slowest = calls.map(\.milliseconds).max() ?? 0
        print(
          "\(fault): \(answered) of \(calls.count) answered, slowest \(slowest) ms, "
            + "whole \(seconds) s after its end")
        let slowestMax =
          Double(Self.deadlineMilliseconds + Self.slackMilliseconds) + stalls.milliseconds
        #expect(Double(slowest) <= slowestMax, "\(fault), \(stalls)")
        #expect(seconds < Self.recoverySeconds + stalls.seconds, "\(fault), \(stalls)")
        switch expected {
        case .allAnswered: #expect(answered == calls.count, "\(fault): \(calls)")
        case .noneAnswered: #expect(answered == 0, "\(fault): \(calls)")
        case .some: break
        }
        let codes = Set(calls.map(\.code))
        #expect(codes.isSubset(of: [.ok, .deadlineExceeded, .unavailable]), "\(fault): \(codes)")
      }
      #expect(gateway.process.end == nil, "\(gateway.process.tail)")
    }

    private func proxy(to replica: TestCluster.Replica) throws -> FaultProxy {
      try FaultProxy(to: try #require(Address(replica.ready.listen)))
    }

    private struct EndedCall {
      let code: Code
      let milliseconds: Int64
    }

    private func calls(_ client: Client, within milliseconds: Int) async -> [EndedCall] {
      await withTaskGroup { group in
        for _ in 0..<Self.callsAtOnce {
          group.addTask {
            var ended: [EndedCall] = []
            for _ in 0..<Self.rounds {
              let start = Instant.now()
              let outcome = await client.call(
                .rank, TestCluster.request, .within(milliseconds: milliseconds))
              let taken = Instant.now().nanoseconds(since: start) / 1_000_000
              ended.append(EndedCall(code: outcome.code, milliseconds: taken))
            }
            return ended
          }
        }
        return await group.reduce(into: []) { $0 += $1 }
      }
    }

    /// Seconds until a call is answered.
    private func recovered(_ client: Client) async throws -> Double {
      let start = Instant.now()
      try await wait(for: "an answer") {
        await client.call(.rank, TestCluster.request, .within(milliseconds: 300)).code == .ok
      }
      return Double(Instant.now().nanoseconds(since: start) / 1_000_000) / 1_000
    }

    /// A cluster for each: replicas that failed before are left out for a while.
    @Test(arguments: faultsBehindGateway)
    func `behind a gateway no fault of one replica or of all fails a request`(
      fault: NetworkFault
    ) async throws {
      let cluster = try await TestCluster(
        retrieval: 1, features: 1, inference: 2, times: .shipped)
      let proxies = try cluster[.inference].map { try proxy(to: $0) }
      let lines = proxies.map { "\($0.address)\n" }.joined()
      try replaceFile(cluster.replicaFile(.inference), with: Array(lines.utf8))
      try await wait(for: "calls by way of the proxies") {
        _ = try await cluster.rank()
        return proxies.allSatisfy { $0.connectionCount > 0 }
      }
      try await whole(cluster, fault)
      try await bothServe(cluster, fault)
      let victim = try await favourite(cluster)
      let stalls = StallWatch()
      proxies[victim].set(fault)
      let one = try await LoadRun.start(cluster, rate: 100, seconds: 1.5, answersBefore: 10)
        .figures()
      proxies[1 - victim].set(fault)
      let all = try await LoadRun.start(cluster, rate: 100, seconds: 1.5, answersBefore: 10)
        .figures()
      for proxy in proxies { proxy.set(.none) }
      print("\(fault) at one replica: \(one)")
      print("\(fault) at all: \(all)")
      #expect(one.failed == 0 && all.failed == 0, "\(fault): \(one); \(all)")
      #expect(
        max(one.p99Milliseconds, all.p99Milliseconds) < 250 + stalls.milliseconds,
        "\(fault): \(one); \(all), \(stalls)")
      let healed = Instant.now()
      try await whole(cluster, fault)
      let seconds = Double(Instant.now().nanoseconds(since: healed)) / 1e9
      #expect(seconds < Self.recoverySeconds + stalls.seconds, "\(fault), \(stalls)")
      #expect(cluster.replicas.allSatisfy { $0.process.end == nil })
    }

    /// The fault shall find both in use.
    private func bothServe(_ cluster: TestCluster, _ fault: NetworkFault) async throws {
      try await wait(for: "calls to both replicas before \(fault)", seconds: 30) {
        let names = cluster[.inference].map(\.name)
        let before = names.map { cluster.callCount(of: $0) }
        for _ in 0..<40 { _ = try await cluster.rank() }
        return zip(names, before).allSatisfy { cluster.callCount(of: $0) >= $1 + 5 }
      }
    }

    /// The index of the replica that most calls go to: the fault of another might go unnoticed.
    private func favourite(_ cluster: TestCluster) async throws -> Int {
      let names = cluster[.inference].map(\.name)
      let before = names.map { cluster.callCount(of: $0) }
      for _ in 0..<20 { _ = try await cluster.rank() }
      let counts = zip(names, before).map { cluster.callCount(of: $0) - $1 }
      return counts[0] > counts[1] ? 0 : 1
    }

    private func whole(_ cluster: TestCluster, _ fault: NetworkFault) async throws {
      try await wait(for: "whole answers after \(fault)") {
        try await !cluster.rank().degraded
      }
    }
  }
}

extension CallOutcome {
  var code: Code {
    if case .failure(let error) = result { error.code } else { .ok }
  }
}
