internal import Telemetry
internal import TestSupport
import Testing

@testable internal import RPC

/// Time and leaving: at the caller, at the server and down a chain of them.
struct DeadlineTests {
  private func waitingServer(_ begun: Count, _ left: Count) throws -> TestReplica {
    try TestReplica { $0.answerCancelled(begun: begun, left: left) }
  }

  private func reached(_ count: Count, on loop: EventLoop) async -> Bool {
    let deadline = Instant.now().adding(milliseconds: Patience.milliseconds)
    while count.value == 0, Instant.now() < deadline { await loop.turn() }
    return count.value > 0
  }

  @Test func `a call ends at its deadline at both ends`() async throws {
    let (begun, left) = (Count(), Count())
    let server = try waitingServer(begun, left)
    let client = try await Client.test([server.address])
    #expect(await client.meets(["test"]))
    let outcome = await client.echo("", milliseconds: 500)
    #expect(outcome.code == .deadlineExceeded)
    #expect(outcome.report.attempts.count == 1)
    #expect(outcome.report.end.nanoseconds(since: outcome.report.start) < 10_000_000_000)
    #expect(await reached(left, on: server.loop), "the handler was not told")
    client.shutDown()
    server.kill()
  }

  @Test func `a call whose time is over is not sent`() async throws {
    let (begun, left) = (Count(), Count())
    let server = try waitingServer(begun, left)
    let client = try await Client.test([server.address])
    #expect(await client.echo("", milliseconds: -1).code == .deadlineExceeded)
    await server.loop.turn()
    #expect(begun.value == 0)
    client.shutDown()
    server.kill()
  }

  @Test func `cancelling a call reaches the handler of a server behind the server`() async throws {
    let (begun, left) = (Count(), Count())
    let back = try waitingServer(begun, left)
    let front = try frontServer(of: back.address)
    let client = try await Client.test([front.address])
    async let outcome = client.echo("")
    #expect(await reached(begun, on: back.loop))
    client.shutDown()
    #expect(await reached(left, on: back.loop), "the server behind was not told")
    #expect(await outcome.code == .unavailable)
    front.kill()
    back.kill()
  }

  @Test func `a deadline reaches the handler of a server behind the server`() async throws {
    let (begun, left) = (Count(), Count())
    let back = try waitingServer(begun, left)
    let front = try frontServer(of: back.address)
    let client = try await Client.test([front.address])
    #expect(await client.echo("", milliseconds: 1_000).code == .deadlineExceeded)
    #expect(await reached(left, on: back.loop), "the server behind was not told")
    client.shutDown()
    front.kill()
    back.kill()
  }

  /// Answers by asking another server, with its own caller's deadline.
  private func frontServer(of address: Address) throws -> TestReplica {
    let loop = try EventLoop(name: "front")
    loop.start()
    return try TestReplica(on: loop) { table in
      let identity = Identity(replica: "front", software: "test")
      let replicas = ReplicaSet("back", at: .list([address]), on: loop, identity: identity)
      table.answer(
        TestMethod.echo,
        waiting: { (request, call) async throws(RPCError) in
          // Much later than the caller's own, which it gets no more than.
          let options = CallOptions(deadline: call.deadline.adding(milliseconds: 60_000))
          return try await replicas.start(.echo, request, options, for: call).end().result.get()
        })
    }
  }

  @Test func `a hop gets no more time than its caller has left`() async throws {
    let told = Count()
    let back = try TestReplica {
      $0.answer(TestMethod.echo) { request, call in
        let left = call.deadline.nanoseconds(since: .now())
        for _ in 0..<(left / 1_000_000) { told.add() }
        return request
      }
    }
    let front = try frontServer(of: back.address)
    let client = try await Client.test([front.address])
    #expect(await client.echo("", milliseconds: 20_000).code == .ok)
    #expect((1...20_000).contains(told.value), "\(told.value) ms")
    client.shutDown()
    front.kill()
    back.kill()
  }

  @Test func `an attempt that takes too long is given up for another replica`() async throws {
    let (begun, left) = (Count(), Count())
    let stuck = try waitingServer(begun, left)
    let good = try TestReplica("good")
    let client = try await Client.test([stuck.address, good.address])
    #expect(await client.eventually { $0.replica == "good" })
    for number in 0..<50 {
      #expect(await client.echo("call \(number)", attemptMilliseconds: 300).code == .ok)
    }
    // A few times before it is known; the other one may be too slow now and then, too.
    #expect((1...15).contains(begun.value), "the stuck replica was asked \(begun.value) times")
    #expect(await reached(left, on: stuck.loop), "the stuck replica was not told")
    client.shutDown()
    stuck.kill()
    good.kill()
  }

  @Test func `a once call is not given up for another replica`() async throws {
    let begun = Count()
    let methods: @Sendable (inout MethodTable) -> Void = {
      $0.answerCancelled(.once, begun: begun)
    }
    let (a, b) = (try TestReplica("a", methods), try TestReplica("b", methods))
    let client = try await Client.test([a.address, b.address])
    #expect(await client.meets(["a", "b"]))
    let outcome = await client.echo("", .once, milliseconds: 500, attemptMilliseconds: 30)
    #expect(outcome.code == .deadlineExceeded)
    #expect(begun.value == 1)
    client.shutDown()
    a.kill()
    b.kill()
  }

  @Test func `a replica that falls silent is left`() async throws {
    let server = try TestReplica()
    var limits = Limits()
    limits.pingMilliseconds = 50
    limits.pongMilliseconds = 1_000
    let client = try await Client.test([server.address], limits: limits)
    #expect(await client.echo("").code == .ok)
    let gate = Gate()
    server.loop.post { gate.wait() }
    let outcome = await client.echo("", milliseconds: 20_000)
    gate.open()
    #expect(outcome.code == .unavailable)
    #expect(outcome.message.contains("ping"), "\(outcome.message)")
    client.shutDown()
    server.kill()
  }

  @Test func `a connection without a hello is closed when the time to connect is over`()
    async throws
  {
    let asked = Address.tcp(host: "127.0.0.1", port: 0)
    let listener = try Socket.listening(at: asked)
    defer { listener.close() }
    var limits = Limits()
    limits.connectMilliseconds = 30
    let client = try await Client.test([listener.bound(asked)], limits: limits)
    #expect(await client.echo("", milliseconds: 20_000).code == .unavailable)
    let accepted = try #require(try listener.accept())
    defer { accepted.close() }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    var seen: Socket.Transfer = .wouldBlock
    let deadline = Instant.now().adding(milliseconds: Patience.milliseconds)
    while Instant.now() < deadline {
      seen = bytes.withUnsafeMutableBytes { accepted.receive($0) }
      switch seen {
      case .bytes, .wouldBlock: continue
      case .end, .failed: break
      }
      break
    }
    #expect(seen != .wouldBlock, "the connection is still open")
    client.shutDown()
  }
}
