import Telemetry
import TestSupport
import Testing

@testable import RPC

/// Calls that a handler makes for its own answer: one object serves many of them, and their parent's
/// timer serves for theirs.
@Suite struct ChildCallTests {
  private typealias Handler =
    nonisolated(nonsending) @Sendable (HealthRequest, CallContext, ReplicaSet)
    async throws(RPCError) -> HealthRequest

  /// A server that answers as `handler` does, which may ask one that echoes, or never answers.
  private func front(
    of back: TestReplica, interceptors: [Interceptor] = [], _ handler: @escaping Handler
  ) async throws -> (TestReplica, Client) {
    let loop = try EventLoop(name: "front")
    loop.start()
    let front = try TestReplica(on: loop) { table in
      let identity = Identity(replica: "front", software: "test")
      let replicas = ReplicaSet(
        "back", at: .list([back.address]), on: loop, identity: identity,
        interceptors: interceptors)
      table.answer(
        TestMethod.echo,
        waiting: { (request, call) async throws(RPCError) in
          try await handler(request, call, replicas)
        })
    }
    return (front, try await Client.test([front.address]))
  }

  private static func options(_ call: CallContext) -> CallOptions {
    CallOptions(deadline: call.deadline)
  }

  @Test func `calls that follow one another get their own answers and failures`() async throws {
    let back = try TestReplica { table in
      table.answer(TestMethod.echo) { request, _ in request }
      table.answer(TestMethod.once) { (request, _) throws(RPCError) in
        throw RPCError(.notFound, request.service)
      }
    }
    let (begun, ended) = (Count(), Count())
    let counting: Interceptor = { phase, _ throws(RPCError) in
      if phase == .begins { begun.add() } else if phase == .ends { ended.add() }
    }
    let (front, client) = try await front(of: back, interceptors: [counting]) {
      request, call, replicas throws(RPCError) in
      let failing = replicas.start(TestMethod.once, request, Self.options(call), for: call)
      let echo = replicas.start(TestMethod.echo, request, Self.options(call), for: call)
      let failure = await failing.end().result
      guard case .failure(let error) = failure, error.message == request.service else {
        throw RPCError(.internal, "\(failure) for \(request.service)")
      }
      return try await echo.response()
    }
    for number in 0..<200 {
      let outcome = await client.echo("call \(number)")
      #expect(try outcome.result.get().service == "call \(number)")
    }
    #expect(begun.value == 400 && ended.value == 400, "\(begun.value), \(ended.value)")
    client.shutDown()
    front.kill()
    back.kill()
  }

  @Test func `a call that its parent's answer does not wait for still ends in time`() async throws {
    let ended = Count()
    let back = try TestReplica { $0.answerCancelled(begun: Count()) }
    let (front, client) = try await front(of: back) { request, call, replicas throws(RPCError) in
      let child = replicas.start(TestMethod.echo, request, Self.options(call), for: call)
      child.whenEnded { outcome in
        guard case .failure(let error) = outcome.result else { return }
        if error.code == .deadlineExceeded { ended.add() }
      }
      return request
    }
    #expect(await client.echo("", milliseconds: 2_000).code == .ok)
    let patience = Instant.now().adding(milliseconds: Patience.milliseconds)
    while ended.value == 0, Instant.now() < patience { await front.loop.turn() }
    #expect(ended.value == 1)
    client.shutDown()
    front.kill()
    back.kill()
  }

  @Test func `a call ends for want of time when its parent does`() async throws {
    let codes = Guarded<[Code]>([])
    let back = try TestReplica { $0.answerCancelled(begun: Count()) }
    let (front, client) = try await front(of: back) { request, call, replicas throws(RPCError) in
      let child = replicas.start(TestMethod.echo, request, Self.options(call), for: call)
      child.whenEnded { outcome in
        if case .failure(let error) = outcome.result { codes.withLock { $0.append(error.code) } }
      }
      return try await child.response()
    }
    // One that does not leave by itself when its time is over.
    let peer = try RawPeer(greeting: front.address)
    try peer.request(1, TestMethod.echo.name, HealthRequest(), budgetMicroseconds: 2_000_000)
    #expect(try peer.response().head.code == Code.deadlineExceeded.rawValue)
    #expect(codes.withLock { $0 } == [.deadlineExceeded])
    client.shutDown()
    front.kill()
    back.kill()
  }
}
