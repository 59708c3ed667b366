import Telemetry
import Testing

@testable import RPC

@Suite struct InterceptorTests {
  /// What interceptors saw, in order.
  private final class Journal: Sendable {
    private let lines = Guarded<[String]>([])
    var seen: [String] { lines.withLock { $0 } }

    func interceptor(_ name: String) -> Interceptor {
      { phase, call throws(RPCError) in
        let end = phase == .ends ? " \(call.code)" : ""
        self.lines.withLock { $0.append("\(name) \(call.side) \(phase) \(call.method)\(end)") }
      }
    }
  }

  private struct Pair {
    let server: Server
    let loop: EventLoop
    let client: Client

    init(_ onServer: [Interceptor], _ onClient: [Interceptor]) async throws {
      loop = try EventLoop(name: "test")
      loop.start()
      server = Server(
        loops: [loop], identity: Identity(replica: "test", software: "test"),
        interceptors: onServer
      ) { _ in
        var table = MethodTable()
        table.answer(TestMethod.echo) { (request, call) throws(RPCError) in
          if request.service == "fail" { throw RPCError(.notFound, "nothing") }
          var answer = request
          answer.service += String(decoding: call.metadata["added"] ?? [], as: UTF8.self)
          if call.trace.isPresent { answer.service += " traced" }
          return answer
        }
        return table
      }
      let address = try server.listen(at: .tcp(host: "127.0.0.1", port: 0))
      client = try await Client(
        "test", at: .list([address]), identity: Identity(replica: "caller", software: "test"),
        interceptors: onClient)
    }

    func end() {
      client.shutDown()
      loop.stop()
      loop.join()
    }
  }

  private static let name = TestMethod.echo.name

  @Test func `one function sees both ends of a call, in the order that it was given`() async throws
  {
    let journal = Journal()
    let both = [journal.interceptor("a"), journal.interceptor("b")]
    let pair = try await Pair(both, both)
    defer { pair.end() }
    #expect(await pair.client.echo("x").code == .ok)
    #expect(
      journal.seen == [
        "a client begins \(Self.name)", "b client begins \(Self.name)",
        "a server begins \(Self.name)", "b server begins \(Self.name)",
        "a server ends \(Self.name) ok", "b server ends \(Self.name) ok",
        "a client ends \(Self.name) ok", "b client ends \(Self.name) ok",
      ])
    #expect(await pair.client.echo("fail").code == .notFound)
    #expect(
      journal.seen.suffix(4) == [
        "a server ends \(Self.name) notFound", "b server ends \(Self.name) notFound",
        "a client ends \(Self.name) notFound", "b client ends \(Self.name) notFound",
      ])
  }

  @Test func `what a caller's adds reaches the handler, what a server's adds the caller`()
    async throws
  {
    let adding: Interceptor = { phase, call throws(RPCError) in
      switch (call.side, phase) {
      case (.client, .begins):
        call.requestMetadata.append(Metadata("added", " by the caller"))
        var random = SystemRandomNumberGenerator()
        call.trace = TraceContext(random: &random)
      case (.server, .ends): call.answerMetadata.append(Metadata("took", "\(call.nanoseconds > 0)"))
      case (.client, .ends): call.answerMetadata.append(Metadata("seen", "at the end"))
      case (.server, .begins): break
      }
    }
    let pair = try await Pair([adding], [adding])
    defer { pair.end() }
    let outcome = await pair.client.echo("x")
    #expect(try outcome.result.get().service == "x by the caller traced")
    #expect(outcome.metadata == [Metadata("took", "true"), Metadata("seen", "at the end")])
  }

  @Test func `a server's refusal is the answer, and no handler runs`() async throws {
    let refusing: Interceptor = { phase, call throws(RPCError) in
      if phase == .begins { throw RPCError(.permissionDenied, "not you", advice: .never) }
    }
    let pair = try await Pair([refusing], [])
    defer { pair.end() }
    let outcome = await pair.client.echo("x")
    #expect(outcome.code == .permissionDenied && outcome.message == "not you")
    // The protocol's own methods are no exception.
    let health = await pair.client.call(
      .health, HealthRequest(), CallOptions(deadline: .now().adding(milliseconds: 10_000)))
    #expect(health.code == .permissionDenied)
  }

  @Test func `a caller's refusal sends nothing, and an error at the end changes nothing`()
    async throws
  {
    let journal = Journal()
    let refusing: Interceptor = { phase, call throws(RPCError) in
      if call.trace.isPresent { throw RPCError(.aborted, "traced", advice: .never) }
      if phase == .ends { throw RPCError(.internal, "too late") }
    }
    let pair = try await Pair([journal.interceptor("server")], [refusing])
    defer { pair.end() }
    var options = CallOptions(deadline: .now().adding(milliseconds: 10_000))
    options.trace.traceLow = 1
    let refused = await pair.client.call(.echo, HealthRequest(), options)
    #expect(refused.code == .aborted && refused.report.attempts.isEmpty)
    #expect(journal.seen.isEmpty)
    #expect(await pair.client.echo("x").code == .ok)
    #expect(journal.seen.count == 2)
  }
}
