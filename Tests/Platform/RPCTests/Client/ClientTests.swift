internal import Synchronization
internal import Telemetry
internal import TestSupport
import Testing

@testable internal import RPC

/// Calls against servers of this process.
struct ClientTests {
  @Test func `a thousand calls at once are answered over one connection`() async throws {
    let server = try TestReplica()
    let client = try await Client.test([server.address])
    // Only some may wait for the connection; these are to share it.
    #expect(await client.echo("first").code == .ok)
    let wrong = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<1_000 {
        group.addTask {
          let outcome = await client.echo("call \(number)")
          return (try? outcome.result.get())?.service != "call \(number)"
        }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(wrong == 0)
    #expect(server.server.connectionCount == 1)
    client.shutDown()
    server.kill()
  }

  @Test func `a report has the bytes of the frames that went and came`() async throws {
    let server = try TestReplica()
    let client = try await Client.test([server.address])
    func attempt(_ count: Int) async throws -> CallReport.Attempt {
      let outcome = await client.echo(String(repeating: "x", count: count))
      return try #require(outcome.report.last)
    }
    let (short, long) = (try await attempt(300), try await attempt(1_300))
    #expect(long.requestBytes - short.requestBytes == 1_000)
    #expect(short.requestBytes > 300 && short.requestBytes < 500)
    // Times in the answer's head take a byte more or less.
    #expect((990...1_010).contains(long.answerBytes - short.answerBytes))
    #expect(short.answerBytes > 300)
    client.shutDown()
    server.kill()
  }

  @Test func `calls of one turn that wait for the connection are bounded`() async throws {
    var limits = Limits()
    limits.callsConnectingMax = 2
    // On a busy machine the calls may start long after the connection did.
    limits.connectMilliseconds = 60_000
    limits.helloMilliseconds = 60_000
    let client = try await Client.test([try silentAddress()], limits: limits)
    async let first = client.echo("1", milliseconds: 1_500)
    async let second = client.echo("2", milliseconds: 1_500)
    async let third = client.echo("3", milliseconds: 1_500)
    let codes = await [first.code, second.code, third.code]
    #expect(codes.count { $0 == .deadlineExceeded } == 2, "\(codes)")
    #expect(codes.count { $0 == .unavailable } == 1, "\(codes)")
    client.shutDown()
  }

  @Test func `a method that the server lacks is named with those that it has`() async throws {
    let server = try TestReplica()
    let client = try await Client.test([server.address])
    let outcome = await client.echo("", .once)
    #expect(outcome.code == .unimplemented)
    #expect(outcome.message.contains("test.v1.Test/Echo"), "\(outcome.message)")
    client.shutDown()
    server.kill()
  }

  @Test func `an answer longer than the caller takes is an error of that call only`() async throws {
    let server = try TestReplica {
      $0.answer(TestMethod.echo) { request, _ in
        var answer = request
        if request.service == "long" { answer.service = String(repeating: "x", count: 20_000) }
        return answer
      }
    }
    var limits = Limits()
    limits.frameBytesMax = 10_000
    let client = try await Client.test([server.address], limits: limits)
    #expect(await client.echo("long").code == .resourceExhausted)
    #expect(await client.echo("short").code == .ok)
    client.shutDown()
    server.kill()
  }

  @Test func `a request longer than the server takes is not sent`() async throws {
    var limits = Limits()
    limits.frameBytesMax = 10_000
    let server = try TestReplica(limits: limits)
    let client = try await Client.test([server.address])
    let outcome = await client.echo(String(repeating: "x", count: 20_000))
    #expect(outcome.code == .resourceExhausted)
    #expect(outcome.message.contains("10000 bytes"), "\(outcome.message)")
    #expect(await client.echo("short").code == .ok)
    client.shutDown()
    server.kill()
  }

  @Test func `an address where nobody listens fails at once and is named`() async throws {
    let server = try TestReplica()
    server.kill()
    let client = try await Client.test([server.address])
    let outcome = await client.echo("")
    #expect(outcome.report.end.nanoseconds(since: outcome.report.start) < 2_000_000_000)
    #expect(outcome.code == .unavailable)
    #expect(outcome.message.contains("\(server.address)"), "\(outcome.message)")
    #expect(outcome.message.contains("refused"), "\(outcome.message)")
    client.shutDown()
  }

  @Test func `a client that is shut down answers for itself`() async throws {
    let server = try TestReplica()
    let client = try await Client.test([server.address])
    #expect(await client.echo("").code == .ok)
    client.shutDown()
    client.shutDown()
    let outcome = await client.echo("")
    #expect(outcome.code == .unavailable)
    #expect(outcome.message.contains("shut down"), "\(outcome.message)")
    server.kill()
  }

  @Test func `a call that runs when the client shuts down is lost, not left`() async throws {
    let begun = Count()
    let server = try TestReplica { $0.answerCancelled(begun: begun) }
    let client = try await Client.test([server.address])
    async let outcome = client.echo("")
    while begun.value == 0 { await server.loop.turn() }
    client.shutDown()
    #expect(await outcome.code == .unavailable)
    server.kill()
  }

  @Test func `a client that is dropped closes its connections`() async throws {
    let server = try TestReplica()
    var client: Client? = try await Client.test([server.address])
    #expect(await client?.echo("").code == .ok)
    client = nil
    let deadline = Instant.now().adding(milliseconds: Patience.milliseconds)
    while server.server.connectionCount > 0, Instant.now() < deadline { await server.loop.turn() }
    #expect(server.server.connectionCount == 0)
    server.kill()
  }

  @Test func `a server goes on for its connections when nobody holds it any more`() async throws {
    let loop = try EventLoop(name: "test")
    loop.start()
    var server: Server? = Server(
      loops: [loop], identity: Identity(replica: "test", software: "test")
    ) { _ in
      var table = MethodTable()
      table.answerEcho()
      return table
    }
    let address = try #require(try server?.listen(at: .tcp(host: "127.0.0.1", port: 0)))
    let client = try await Client.test([address])
    #expect(await client.echo("").code == .ok)
    server?.drain()
    server = nil
    #expect(await client.eventually { $0.code == .unavailable })
    client.shutDown()
    loop.stop()
    loop.join()
  }
}
