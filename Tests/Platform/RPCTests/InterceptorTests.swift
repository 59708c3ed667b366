import Telemetry
import TestSupport
import Testing

@testable import RPC

@Suite struct InterceptorTests {
  private struct Pair {
    let server: Server
    let loop: EventLoop
    let client: Client
    /// Calls that nothing was made for besides their contexts.
    let bare = Count()

    init(_ onServer: [Interceptor], _ onClient: [Interceptor]) async throws {
      loop = try EventLoop(name: "test")
      loop.start()
      server = Server(
        loops: [loop], identity: Identity(replica: "test", software: "test"),
        interceptors: onServer
      ) { [bare] _ in
        var table = MethodTable()
        table.answer(TestMethod.echo) { (request, call) throws(RPCError) in
          if call.extras == nil { bare.add() }
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

  @Test
  func `one function sees both ends of a call, the first to see it begin the last to see it end`()
    async throws
  {
    let journal = CallJournal(of: Self.name)
    let both = [journal.interceptor("a"), journal.interceptor("b")]
    let pair = try await Pair(both, both)
    defer { pair.end() }
    #expect(await pair.client.echo("x").code == .ok)
    #expect(
      journal.seen == [
        "a client begins", "b client begins", "a server begins", "b server begins",
        "b server answers ok", "a server answers ok", "b server ends ok", "a server ends ok",
        "b client ends ok", "a client ends ok",
      ])
    #expect(await pair.client.echo("fail").code == .notFound)
    #expect(
      journal.seen.suffix(4) == [
        "b server ends notFound", "a server ends notFound", "b client ends notFound",
        "a client ends notFound",
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
      case (.server, .answers):
        call.answerMetadata.append(Metadata("took", "\(call.nanoseconds > 0)"))
      case (.client, .ends): call.answerMetadata.append(Metadata("seen", "at the end"))
      default: break
      }
    }
    let pair = try await Pair([adding], [adding])
    defer { pair.end() }
    let outcome = await pair.client.echo("x")
    #expect(try outcome.result.get().service == "x by the caller traced")
    #expect(outcome.metadata == [Metadata("took", "true"), Metadata("seen", "at the end")])
  }

  @Test func `nothing is made for interceptors that add nothing`() async throws {
    let seen = Count()
    let counting: Interceptor = { phase, call throws(RPCError) in
      if call.side == .server { seen.add() }
    }
    let pair = try await Pair([counting, counting], [])
    defer { pair.end() }
    for _ in 1...3 { #expect(await pair.client.echo("x").code == .ok) }
    #expect(pair.bare.value == 3 && seen.value == 3 * 2 * 3)
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
      .health, HealthRequest(),
      CallOptions(deadline: .now().adding(milliseconds: Patience.milliseconds)))
    #expect(health.code == .permissionDenied)
  }

  @Test func `a caller's refusal sends nothing, and an error at the end changes nothing`()
    async throws
  {
    let journal = CallJournal(of: Self.name)
    let refusing: Interceptor = { phase, call throws(RPCError) in
      if call.trace.isPresent { throw RPCError(.aborted, "traced", advice: .never) }
      if phase == .ends { throw RPCError(.internal, "too late") }
    }
    let pair = try await Pair([journal.interceptor("server")], [refusing])
    defer { pair.end() }
    var options = CallOptions(deadline: .now().adding(milliseconds: Patience.milliseconds))
    options.trace.traceLow = 1
    let refused = await pair.client.call(.echo, HealthRequest(), options)
    #expect(refused.code == .aborted && refused.report.attempts.isEmpty)
    #expect(journal.seen.isEmpty)
    #expect(await pair.client.echo("x").code == .ok)
    #expect(journal.seen.count == 3)
  }
}
