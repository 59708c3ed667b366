internal import Telemetry
internal import TestSupport
import Testing

@testable internal import RPC

struct ReplicaStatusTests {
  /// A set on a loop of its own, asked there.
  private final class Asked: @unchecked Sendable {
    let loop: EventLoop
    private var set: ReplicaSet?

    init(_ addresses: [Address]) async throws {
      loop = try EventLoop(name: "caller")
      loop.start()
      await withUnsafeContinuation { (done: UnsafeContinuation<Void, Never>) in
        loop.post { [self] in
          set = ReplicaSet(
            "test", at: .list(addresses), on: loop,
            identity: Identity(replica: "caller", software: "test"))
          done.resume()
        }
      }
    }

    var statuses: [ReplicaStatus] {
      get async {
        await withUnsafeContinuation { continuation in
          loop.post { [self] in continuation.resume(returning: set?.statuses(.now()) ?? []) }
        }
      }
    }

    func until(_ condition: ([ReplicaStatus]) -> Bool) async -> [ReplicaStatus] {
      let deadline = Instant.now().adding(milliseconds: Patience.milliseconds)
      var last = await statuses
      while !condition(last), Instant.now() < deadline { last = await statuses }
      return last
    }

    func end() {
      loop.post { [self] in
        set?.shutDown()
        set = nil
      }
      loop.stop()
      loop.join()
    }
  }

  @Test func `a replica is ready once it has said who it is, and lost with a reason after its end`()
    async throws
  {
    let replica = try TestReplica("a")
    let nobody = Address.tcp(host: "127.0.0.1", port: 1)
    let asked = try await Asked([replica.address, nobody])
    defer { asked.end() }
    let ready = await asked.until { $0.first?.state == .ready && $0.last?.state == .lost }
    #expect(ready.map(\.name) == ["a", "127.0.0.1:1"])
    #expect(ready.first?.software == "test" && ready.first?.why == "")
    #expect(ready.first?.latencyNanoseconds == nil && ready.first?.inFlight == 0)
    #expect(ready.last?.why.isEmpty == false && ready.last?.software == "")
    replica.kill()
    let lost = await asked.until { $0.first?.state == .lost }
    #expect(lost.first?.state == .lost && lost.first?.why.isEmpty == false)
    // By its name, as long as it is listed.
    #expect(lost.first?.name == "a")
  }

  @Test func `states are in the order of their gravity`() {
    #expect(
      ReplicaStatus.State.allCases.map(\.rawValue) == [
        "ready", "draining", "connecting", "ejected", "lost",
      ])
  }
}
