internal import Telemetry
internal import TestSupport
import Testing

@testable internal import RPC

/// Connections that grow old while they are used.
struct ChannelAgeTests {
  private static let ageMilliseconds: Int64 = 150

  /// The connections that a server's calls came by.
  private final class Origins: Sendable {
    private let seen = Guarded<[ObjectIdentifier: any CallOrigin]>([:])

    /// Kept, so that no two connections can be taken for one.
    func note(_ call: CallContext) {
      let kept = Kept(call.origin)
      seen.withLock { $0[ObjectIdentifier(kept.origin)] = kept.origin }
    }

    var count: Int { seen.withLock { $0.count } }

    private struct Kept: @unchecked Sendable {
      let origin: any CallOrigin
      init(_ origin: any CallOrigin) { self.origin = origin }
    }
  }

  private func replica(
    _ origins: Origins, _ gate: Count = Count(), limits: Limits = Limits()
  ) throws -> TestReplica {
    try TestReplica("old", limits: limits) {
      $0.answer(TestMethod.echo) { request, call in
        origins.note(call)
        return request
      }
      $0.answer(
        TestMethod.once,
        waiting: { (request, call) async throws(RPCError) in
          origins.note(call)
          while gate.value == 0 { await Task.yield() }
          return request
        })
    }
  }

  private var limits: Limits {
    var limits = Limits()
    limits.connectionAgeMilliseconds = Self.ageMilliseconds
    return limits
  }

  @Test func `an old connection gives way to a new one and no call is lost`() async throws {
    let origins = Origins()
    let replica = try replica(origins)
    let client = try await Client.test([replica.address], limits: limits)
    defer { client.shutDown() }
    #expect(await client.eventually { $0.code == .ok })
    let deadline = Instant.now().adding(milliseconds: Patience.milliseconds)
    var failures: [String] = []
    while origins.count < 4, Instant.now() < deadline {
      let outcomes = await withTaskGroup { group in
        for _ in 0..<8 { group.addTask { await client.echo("x") } }
        return await group.reduce(into: []) { $0.append($1) }
      }
      failures += outcomes.filter { $0.code != .ok }.map(\.message)
    }
    #expect(failures.isEmpty, "\(failures.prefix(3))")
    #expect(origins.count >= 4)
    // The old ones are closed, not kept.
    #expect(await client.eventually { _ in replica.server.connectionCount <= 2 })
  }

  @Test func `a call that runs goes on where it was begun`() async throws {
    let (origins, gate) = (Origins(), Count())
    let replica = try replica(origins, gate)
    let client = try await Client.test([replica.address], limits: limits)
    defer { client.shutDown() }
    async let running = client.echo("slow", .once, milliseconds: 30_000)
    while origins.count == 0 { await replica.loop.turn() }
    #expect(await client.eventually { _ in origins.count >= 3 })
    gate.add()
    #expect(await running.code == .ok)
    #expect(await running.report.attempts.count == 1)
  }

  @Test func `where no new connection can be made the old one is kept`() async throws {
    let origins = Origins()
    var narrow = Limits()
    narrow.connectionsMax = 1
    let replica = try replica(origins, limits: narrow)
    var limits = limits
    limits.connectMilliseconds = 100
    let client = try await Client.test([replica.address], limits: limits)
    defer { client.shutDown() }
    #expect(await client.eventually { $0.code == .ok })
    let end = Instant.now().adding(milliseconds: 1_000)
    while Instant.now() < end { #expect(await client.echo("x").code == .ok) }
    #expect(origins.count == 1)
  }
}
