import Glibc
import Node
import RPC
import Telemetry
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// Many connections: more than a process has descriptors for, and as many as it may have.
  @Suite(.serialized) struct DescriptorTests {
    private static let descriptorsMax = 64

    @Test func `without descriptors a server goes on for those it has, idly, and recovers`()
      async throws
    {
      let service = try await LoneService(
        wrapper: [
          "/bin/sh", "-c", "ulimit -n \(Self.descriptorsMax) && exec \"$@\"", "sh",
        ])
      let early = try await service.client()
      defer { early.shutDown() }
      try await service.waitForAnswer(early)
      var crowd = try (0..<2 * Self.descriptorsMax).map { _ in
        let connection = try RawConnection(service.ready.listen)
        connection.send(helloFrame())
        return connection
      }
      try await wait(for: "some of the crowd to be greeted, and not all") {
        for connection in crowd { connection.takeIn() }
        let greeted = crowd.count { !$0.received.isEmpty }
        return greeted > Self.descriptorsMax / 2 && greeted < Self.descriptorsMax
      }
      // Those that wait are not taken by turns that do nothing else: seen in the processor time of a
      // second that calls with pauses leave nearly idle.
      let before = ProcessFacts.cpuSeconds(service.process.pid)
      let start = Instant.now()
      var failed = 0
      for _ in 0..<50 {
        if await !early.isServed(milliseconds: 10_000) { failed += 1 }
        try await Task.sleep(for: .milliseconds(20))
      }
      let elapsed = Double(Instant.now().nanoseconds(since: start)) / 1e9
      let share = (ProcessFacts.cpuSeconds(service.process.pid) - before) / elapsed
      print("out of descriptors: \(failed) of 50 calls failed, \(share) of a processor used")
      #expect(failed == 0)
      #expect(share < 0.2)
      crowd = []
      let late = try await service.client()
      defer { late.shutDown() }
      try await service.waitForAnswer(late)
      #expect(service.process.end == nil, "\(service.process.tail)")
    }

    /// 10,000 in the long run; both ends need a descriptor for each.
    private static let idleConnections =
      getenv("BRIGADE_IDLE_CONNECTIONS").flatMap { Int(String(cString: $0)) } ?? 1_000
    /// For all of ten thousand.
    private static let idleBytesMax = 100.0 * 1_048_576

    @Test func `idle connections cost little memory and no one else's time`() async throws {
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      limit.rlim_cur = limit.rlim_max
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      let count = min(Self.idleConnections, Int(limit.rlim_max) - 200)
      if count < Self.idleConnections { print("only \(count): ulimit -n is \(limit.rlim_max)") }
      let service = try await LoneService(flags: ["--limits.connections-max", "20000"])
      let client = try await service.client()
      defer { client.shutDown() }
      try await service.waitForAnswer(client)
      // Measured in turn with the crowded one, as a machine may be busy at one time and not at another.
      let quiet = try await LoneService()
      let quietClient = try await quiet.client()
      defer { quietClient.shutDown() }
      try await quiet.waitForAnswer(quietClient)
      for warmed in [client, quietClient] { _ = await latencies(warmed) }
      let before = ProcessFacts.residentBytes(service.process.pid)
      var crowd: [RawConnection] = []
      for _ in 0..<count {
        let connection = try RawConnection(service.ready.listen)
        connection.send(helloFrame())
        crowd.append(connection)
      }
      try await wait(for: "all \(count) to be greeted", seconds: 60) {
        for connection in crowd where connection.received.isEmpty { connection.takeIn() }
        return crowd.allSatisfy { !$0.received.isEmpty }
      }
      let growthMax = Int(max(8 * 1_048_576, Self.idleBytesMax * Double(count) / 10_000))
      var growth = 0
      try await wait(for: "buffers of idle connections to be given back") {
        growth = ProcessFacts.residentBytes(service.process.pid) - before
        return growth < growthMax
      }
      // What the crowd costs it costs in every round, and what the machine does otherwise in some.
      var (alone, crowded) = (await latencies(quietClient), await latencies(client))
      for _ in 1..<Self.roundsMax where !isUndisturbed(crowded, alone) {
        (alone, crowded) = (await latencies(quietClient), await latencies(client))
      }
      print(
        "\(count) idle connections: memory grew by \(Double(growth) / 1_048_576) MiB; p50 "
          + "\(alone.p50) → \(crowded.p50) µs, p99 \(alone.p99) → \(crowded.p99) µs")
      #expect(isUndisturbed(crowded, alone), "\(alone) µs, \(crowded) µs")
      #expect(crowd.filter(\.isEnded).isEmpty)
      #expect(service.process.end == nil, "\(service.process.tail)")
    }

    private static let roundsMax = 20

    /// In microseconds.
    private typealias Latencies = (p50: Int64, p99: Int64)

    private func isUndisturbed(_ crowded: Latencies, _ alone: Latencies) -> Bool {
      crowded.p99 < 2 * alone.p99 + 1_000
    }

    /// Of calls one after the other.
    private func latencies(_ client: Client) async -> Latencies {
      var all: [Int64] = []
      for _ in 0..<3_000 {
        let start = Instant.now()
        _ = await client.isServed(milliseconds: 10_000)
        all.append(Instant.now().nanoseconds(since: start) / 1_000)
      }
      all.sort()
      return (all[all.count / 2], all[all.count * 99 / 100])
    }
  }
}
