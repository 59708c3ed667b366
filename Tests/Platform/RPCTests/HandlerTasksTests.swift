import Telemetry
import TestSupport
import Testing

@testable import RPC

/// Handlers that wait run in tasks that serve one call after the other.
@Suite struct HandlerTasksTests {
  /// The tasks that calls were served in, and which of them were cancelled as their call began.
  private final class Seen: Sendable {
    let tasks = Guarded<[Int]>([])
    let cancelled = Count()

    func note() {
      if Task.isCancelled { cancelled.add() }
      let task = withUnsafeCurrentTask { $0.hashValue }
      tasks.withLock { $0.append(task) }
    }
  }

  private func echo(noting seen: Seen, begun: Count = Count()) throws -> TestReplica {
    try TestReplica { table in
      table.answerCancelled(.once, begun: begun)
      table.answer(
        TestMethod.echo,
        waiting: { (request, call) async throws(RPCError) in
          seen.note()
          if request.service == "wait" {
            begun.add()
            await untilCancelled(call)
          }
          return request
        })
    }
  }

  @Test func `calls that follow each other are served by one task`() async throws {
    let seen = Seen()
    let replica = try echo(noting: seen)
    let client = try await Client.test([replica.address])
    defer { client.shutDown() }
    for round in 1...5 {
      #expect(try await client.echo("\(round)").result.get().service == "\(round)")
    }
    let tasks = seen.tasks.withLock { $0 }
    #expect(tasks.count == 5 && Set(tasks).count == 1)
  }

  @Test func `calls that wait have a task each, which serves no other once its caller has left`()
    async throws
  {
    let (seen, begun) = (Seen(), Count())
    let replica = try echo(noting: seen, begun: begun)
    let client = try await Client.test([replica.address])
    defer { client.shutDown() }
    let callers = (1...3).map { _ in Task { await client.echo("wait") } }
    while begun.value < 3 { await replica.loop.turn() }
    #expect(Set(seen.tasks.withLock { $0 }).count == 3)
    #expect(await client.echo("beside them").code == .ok)
    for caller in callers { caller.cancel() }
    for caller in callers { #expect(await caller.value.code == .cancelled) }
    for _ in 1...5 { #expect(await client.echo("after them").code == .ok) }
    #expect(seen.cancelled.value == 0)
  }

  @Test func `a handler that fails leaves its task to the next call`() async throws {
    let seen = Seen()
    let replica = try TestReplica { table in
      table.answer(
        TestMethod.once,
        waiting: { (request, _) async throws(RPCError) in
          seen.note()
          guard request.service == "well" else { throw .invalidArgument("not well") }
          return request
        })
    }
    let client = try await Client.test([replica.address])
    defer { client.shutDown() }
    for service in ["ill", "well", "ill", "well"] {
      let code = await client.echo(service, .once).code
      #expect(code == (service == "well" ? .ok : .invalidArgument))
    }
    #expect(Set(seen.tasks.withLock { $0 }).count == 1)
  }

  @Test func `tasks that wait for a call end with their loop`() async throws {
    weak var captured: Count?
    do {
      let calls = Count()
      captured = calls
      let replica = try TestReplica { table in
        table.answer(
          TestMethod.echo,
          waiting: { (request, _) async throws(RPCError) in
            calls.add()
            return request
          })
      }
      let client = try await Client.test([replica.address])
      #expect(await client.echo("once").code == .ok)
      #expect(calls.value == 1)
      client.shutDown()
      replica.kill()
    }
    #expect(captured == nil)
  }
}
