internal import Telemetry
internal import TestSupport
import Testing

@testable internal import RPC

/// Replicas that come, go and break under calls.
struct FailoverTests {
  /// Where no other test listens, so that a port that was given back is still free.
  private static let quietHost = Address.tcp(host: "127.0.0.2", port: 0)

  /// Two servers; the first that is asked dies of it.
  private func fragilePair(
    _ method: TestMethod, _ asked: Count
  ) throws -> (TestReplica, TestReplica) {
    let methods: @Sendable (inout MethodTable) -> Void = {
      $0.answerEcho()
      guard method.name != TestMethod.echo.name else { return }
      $0.answer(
        method,
        waiting: { (request, call) async throws(RPCError) in
          if asked.add() == 0 {
            call.loop.stop()
            await untilCancelled(call)
          }
          return request
        })
    }
    return (try TestReplica("a", methods), try TestReplica("b", methods))
  }

  private func lose(_ method: TestMethod) async throws -> (CallOutcome<HealthRequest>, Int) {
    let asked = Count()
    let (a, b) = try fragilePair(method, asked)
    let client = try await Client.test([a.address, b.address])
    var seen: Set<String> = []
    #expect(
      await client.eventually {
        seen.insert($0.replica)
        return seen.isSuperset(of: ["a", "b"])
      })
    let outcome = await client.echo("", method)
    client.shutDown()
    a.kill()
    b.kill()
    return (outcome, asked.value)
  }

  @Test func `a lost connection is made good elsewhere when that does no harm`() async throws {
    let (outcome, asked) = try await lose(.idempotent)
    #expect(outcome.code == .ok)
    #expect(outcome.report.attempts.map(\.code) == [.unavailable, .ok])
    #expect(Set(outcome.report.attempts.map(\.replica)) == ["a", "b"])
    #expect(asked == 2)
  }

  @Test func `a lost connection is the end of a call that must run once`() async throws {
    let (outcome, asked) = try await lose(.once)
    #expect(outcome.code == .unavailable)
    #expect(asked == 1)
  }

  @Test func `requests that wait to be sent are bounded in bytes`() async throws {
    let replica = try TestReplica("slow")
    var limits = Limits()
    limits.outputBytesFull = 1 << 20
    // The server answers no ping while it is held up.
    limits.pongMilliseconds = Patience.milliseconds
    let client = try await Client.test([replica.address], limits: limits)
    defer { client.shutDown() }
    #expect(await client.eventually { $0.code == .ok })
    let (gate, reached) = (Gate(), Gate())
    replica.loop.post {
      reached.open()
      gate.wait()
    }
    reached.wait()
    // Far more than the kernel holds; whichever comes second finds the other waiting.
    let long = String(repeating: "x", count: 15 << 20)
    let outcomes = await withTaskGroup { group in
      for _ in 0..<3 { group.addTask { await client.echo(long) } }
      var outcomes: [CallOutcome<HealthRequest>] = []
      for await outcome in group {
        outcomes.append(outcome)
        if outcomes.count == 2 { gate.open() }
      }
      return outcomes
    }
    let failures = outcomes.filter { $0.code != .ok }
    #expect(failures.count == 2 && failures.allSatisfy { $0.code == .unavailable })
    #expect(failures.allSatisfy { $0.message.contains("bytes of them") }, "\(failures)")
    replica.kill()
  }

  @Test func `what a server says it did not start is tried elsewhere`() async throws {
    let refusals = Count()
    let busy = try TestReplica("busy") {
      $0.answer(TestMethod.once) { (request, call) throws(RPCError) in
        refusals.add()
        throw .notStarted("busy")
      }
    }
    let good = try TestReplica("good") { $0.answer(TestMethod.once) { request, _ in request } }
    let client = try await Client.test([busy.address, good.address])
    #expect(await client.meets(["busy", "good"]))
    for _ in 0..<50 { #expect(await client.echo("", .once).code == .ok) }
    #expect((1..<15).contains(refusals.value), "\(refusals.value)")
    client.shutDown()
    busy.kill()
    good.kill()
  }

  @Test func `a rolling restart under load loses no call`() async throws {
    var servers = try (0..<3).map { try TestReplica("\($0)", at: Self.quietHost) }
    let addresses = servers.map(\.address)
    let client = try await Client.test(addresses)
    #expect(await client.eventually { $0.code == .ok })
    let isOver = Count()
    let load = (0..<8).map { _ in
      Task {
        var failures: [String] = []
        while isOver.value == 0 {
          let outcome = await client.echo("load")
          if outcome.code != .ok { failures.append(outcome.message) }
        }
        return failures
      }
    }
    for number in 0..<3 {
      #expect(await servers[number].drained())
      servers[number].kill()
      servers[number] = try TestReplica("fresh \(number)", at: addresses[number])
      #expect(await client.eventually { $0.replica == "fresh \(number)" })
    }
    isOver.add()
    for task in load { #expect(await task.value == []) }
    client.shutDown()
    for server in servers { server.kill() }
  }

  @Test func `a server that returns at its port is found again`() async throws {
    let first = try TestReplica("first", at: Self.quietHost)
    let client = try await Client.test([first.address])
    #expect(await client.echo("").replica == "first")
    first.kill()
    #expect(await client.eventually { $0.code == .unavailable })
    let second = try TestReplica("second", at: first.address)
    #expect(await client.eventually { $0.replica == "second" })
    client.shutDown()
    second.kill()
  }

  @Test func `a file of replicas is followed, and a removed one's calls may end`() async throws {
    let (begun, gate) = (Count(), Count())
    let methods: @Sendable (inout MethodTable) -> Void = {
      $0.answerEcho()
      $0.answer(
        TestMethod.once,
        waiting: { (request, call) async throws(RPCError) in
          begun.add()
          while gate.value == 0 { await Task.yield() }
          return request
        })
    }
    let (a, b) = (try TestReplica("a", methods), try TestReplica("b", methods))
    let folder = ScratchFolder()
    let client = try await Client.test(at: .file(folder.file("replicas")))
    #expect(await client.echo("").message.contains("no replica of test is known"))
    folder.write("\(a.address)\n", to: "replicas")
    #expect(await client.eventually { $0.replica == "a" })
    async let running = client.echo("", .once)
    while begun.value == 0 { await a.loop.turn() }
    folder.write("\(b.address)\n", to: "replicas")
    #expect(await client.eventually { $0.replica == "b" })
    gate.add()
    #expect(await running.code == .ok)
    let deadline = Instant.now().adding(milliseconds: Patience.milliseconds)
    while a.server.connectionCount > 0, Instant.now() < deadline { await a.loop.turn() }
    #expect(a.server.connectionCount == 0)
    client.shutDown()
    a.kill()
    b.kill()
  }

  /// A rollout stops the last replica that a client knows as soon as the first new one is listed.
  @Test func `calls that find nobody look for the replica that was listed meanwhile`() async throws
  {
    let folder = ScratchFolder()
    var old = try TestReplica("0")
    folder.write("\(old.address)\n", to: "replicas")
    let client = try await Client.test(at: .file(folder.file("replicas")))
    #expect(await client.eventually { $0.replica == "0" })
    for number in 1...10 {
      let fresh = try TestReplica("\(number)")
      folder.write("\(fresh.address)\n", to: "replicas")
      #expect(await old.drained())
      old.kill()
      let outcome = await client.echo("")
      #expect(outcome.replica == "\(number)", "\(outcome.message)")
      old = fresh
    }
    client.shutDown()
    old.kill()
  }

  @Test func `a client without a replica tries to connect ten times a second`() async throws {
    let loop = try EventLoop(name: "broken")
    loop.start()
    let asked = Address.tcp(host: "127.0.0.1", port: 0)
    let socket = try Socket.listening(at: asked)
    // Taken on the loop: this task may have to wait for its turn.
    let attempts = Guarded<[Instant]>([])
    let listener = Listener(socket, on: loop) {
      attempts.withLock { $0.append(.now()) }
      $0.close()
    } mayAccept: {
      true
    }
    loop.post { listener.start() }
    let client = try await Client.test([socket.bound(asked)])
    let patience = Instant.now().adding(milliseconds: Patience.milliseconds)
    while attempts.withLock({ $0.count }) < 20, Instant.now() < patience { await loop.turn() }
    let times = attempts.withLock { $0 }
    // Pauses that went on doubling would take twice as long at the very least.
    try #require(times.count >= 20)
    #expect(times[19] < times[0].adding(milliseconds: 5_000))
    client.shutDown()
    loop.stop()
    loop.join()
  }
}
