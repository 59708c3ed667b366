import Telemetry
import TestSupport
import Testing

@testable import RPC

/// Whoever has let a call begin sees it end, once, however it ends.
@Suite struct InterceptorEndTests {
  private let refusal = RPCError(.permissionDenied, "not you", advice: .never)

  // MARK: At a server

  /// A server whose calls of a method are written down by two.
  private func serving(
    _ method: Method<DescribeRequest, DescribeRequest>, _ limits: Limits = Limits()
  ) throws -> (TestServer, CallJournal) {
    let journal = CallJournal(of: method.name)
    let both = [journal.interceptor("a"), journal.interceptor("b")]
    return (try TestServer(limits, interceptors: both), journal)
  }

  private func cancelling(_ call: UInt64) -> RawFrame {
    var cancel = Cancel()
    cancel.call = call
    return RawFrame(.cancel, cancel)
  }

  @Test func `a call that its caller cancels ends as cancelled`() throws {
    let (test, journal) = try serving(TestServer.wait)
    let peer = try RawPeer(greeting: test.address)
    try peer.request(1, TestServer.wait.name, test.named(""))
    try test.eventually("it has begun") { journal.seen.count == 2 }
    try peer.send(cancelling(1))
    try test.eventually("it has ended") { journal.seen.count >= 4 }
    #expect(
      journal.seen == [
        "a server begins", "b server begins", "b server ends cancelled", "a server ends cancelled",
      ])
  }

  @Test func `calls whose connection is lost end as cancelled`() throws {
    var limits = Limits()
    limits.callsInFlightMax = 3
    let (test, journal) = try serving(TestServer.wait, limits)
    var peer: RawPeer? = try RawPeer(greeting: test.address)
    for call in UInt64(1)...3 { try peer?.request(call, TestServer.wait.name, test.named("")) }
    try test.eventually("they have begun") { journal.seen.count == 6 }
    peer = nil
    try test.eventually("they have ended") { journal.seen.count >= 12 }
    let ends = Array(repeating: ["b server ends cancelled", "a server ends cancelled"], count: 3)
    #expect(Array(journal.seen.dropFirst(6)) == ends.flatMap(\.self))
  }

  @Test func `a call that is given up when its time is over ends as that`() throws {
    let (test, journal) = try serving(TestServer.echo)
    let peer = try RawPeer(greeting: test.address)
    // Cancelled in the turn that it came in, and so before it would be seen to have expired.
    let request = RawPeer.request(
      1, TestServer.echo.name, test.named(""), budgetMicroseconds: 1)
    try peer.send(request.bytes + cancelling(1).bytes)
    try test.eventually("it has ended") { journal.seen.count >= 4 }
    #expect(journal.seen.suffix(2).allSatisfy { $0.hasSuffix("ends deadlineExceeded") })
    #expect(journal.seen.count == 4)
  }

  @Test func `one that refuses lets those before it see the end, and nobody else`() throws {
    let journal = CallJournal(of: TestServer.echo.name)
    let tracing: Interceptor = { phase, call throws(RPCError) in
      if phase == .begins { call.trace.traceLow = 7 } else { #expect(call.trace.traceLow == 7) }
    }
    let test = try TestServer(interceptors: [
      tracing, journal.interceptor("a"), journal.interceptor("b", refusal: refusal),
      journal.interceptor("c"),
    ])
    let peer = try RawPeer(greeting: test.address)
    try peer.request(1, TestServer.echo.name, test.named(""))
    #expect(try peer.response().head.code == Code.permissionDenied.rawValue)
    #expect(
      journal.seen == [
        "a server begins", "b server begins", "a server answers permissionDenied",
        "a server ends permissionDenied",
      ])
  }

  @Test func `a call that is refused unstarted or expires unstarted is seen as well`() throws {
    var limits = Limits()
    limits.callsRunningMax = 0
    let (full, refused) = try serving(TestServer.echo, limits)
    let (test, expired) = try serving(TestServer.echo)
    for (server, journal, budget, code) in [
      (full, refused, UInt64(0), Code.unavailable), (test, expired, 1, .deadlineExceeded),
    ] {
      let peer = try RawPeer(greeting: server.address)
      try peer.request(
        1, TestServer.echo.name, test.named(""), budgetMicroseconds: budget)
      #expect(try peer.response().head.code == code.rawValue)
      #expect(
        journal.seen == [
          "a server begins", "b server begins", "b server answers \(code)",
          "a server answers \(code)", "b server ends \(code)", "a server ends \(code)",
        ])
    }
  }

  @Test func `an answer that its caller does not take ends as the failure that is sent`() throws {
    let (test, journal) = try serving(TestServer.blow)
    var hello = RawPeer.hello()
    hello.frameBytesMax = 8_192
    let peer = try RawPeer(greeting: test.address, hello)
    try peer.request(1, TestServer.blow.name, test.named("8192"))
    #expect(try peer.response().head.code == Code.resourceExhausted.rawValue)
    #expect(
      journal.seen.suffix(4) == [
        "b server answers ok", "a server answers ok", "b server ends resourceExhausted",
        "a server ends resourceExhausted",
      ])
  }

  @Test func `times are a handler's where one began, and the queue's where none did`() throws {
    let times = Guarded<[(queue: Int64, handler: Int64)]>([])
    let timing: Interceptor = { phase, call throws(RPCError) in
      guard phase == .ends, call.method.hasPrefix("test.") else { return }
      let time = (call.queueNanoseconds, call.nanoseconds)
      times.withLock { $0.append(time) }
    }
    var limits = Limits()
    limits.budgetDefaultMilliseconds = 20
    let test = try TestServer(limits, interceptors: [timing])
    let peer = try RawPeer(greeting: test.address)
    try peer.request(1, TestServer.wait.name, test.named(""))
    _ = try peer.response()
    try peer.request(1, TestServer.echo.name, test.named(""), budgetMicroseconds: 1)
    _ = try peer.response()
    let seen = times.withLock { $0 }
    #expect(seen[0].queue > 0 && seen[0].handler > 10_000_000)
    #expect(seen[1].queue > 0 && seen[1].handler == 0)
  }

  // MARK: At a client

  private func client(of server: Address, _ interceptors: [Interceptor]) async throws -> Client {
    try await Client(
      "test", at: .list([server]), identity: Identity(replica: "caller", software: "test"),
      interceptors: interceptors)
  }

  @Test func `a caller's that refuses lets those before it see the end, and nobody else`()
    async throws
  {
    let journal = CallJournal(of: TestMethod.echo.name)
    let server = try TestReplica()
    let client = try await client(
      of: server.address,
      [
        journal.interceptor("a"), journal.interceptor("b"),
        journal.interceptor("c", refusal: refusal), journal.interceptor("d"),
      ])
    #expect(await client.echo("").code == .permissionDenied)
    #expect(
      journal.seen == [
        "a client begins", "b client begins", "c client begins",
        "b client ends permissionDenied", "a client ends permissionDenied",
      ])
    client.shutDown()
    server.kill()
  }

  @Test func `a call that is given up ends as cancelled at its caller`() async throws {
    let journal = CallJournal(of: TestMethod.echo.name)
    let begun = Count()
    let server = try TestReplica { $0.answerCancelled(begun: begun) }
    let client = try await client(
      of: server.address, [journal.interceptor("a"), journal.interceptor("b")])
    let asking = Task { await client.echo("").code }
    while begun.value == 0 { await server.loop.turn() }
    asking.cancel()
    #expect(await asking.value == .cancelled)
    #expect(
      journal.seen == [
        "a client begins", "b client begins", "b client ends cancelled", "a client ends cancelled",
      ])
    client.shutDown()
    server.kill()
  }

  @Test func `a call whose parent has left before it began is not seen to end`() async throws {
    let journal = CallJournal(of: TestMethod.echo.name)
    let (begun, done) = (Count(), Count())
    let loop = try EventLoop(name: "front")
    loop.start()
    let front = try TestReplica(on: loop) { table in
      let back = ReplicaSet(
        "back", at: .list([]), on: loop, identity: Identity(replica: "front", software: "test"),
        interceptors: [journal.interceptor("a")])
      table.answer(
        TestMethod.echo,
        waiting: { (request, call) async throws(RPCError) in
          begun.add()
          await untilCancelled(call)
          let options = CallOptions(deadline: .now().adding(milliseconds: Patience.milliseconds))
          let child = back.start(.echo, request, options, for: call)
          #expect(child.failure?.code == .cancelled)
          done.add()
          return request
        })
    }
    let client = try await client(of: front.address, [])
    let asking = Task { await client.echo("").code }
    while begun.value == 0 { await loop.turn() }
    asking.cancel()
    #expect(await asking.value == .cancelled)
    while done.value == 0 { await loop.turn() }
    #expect(journal.seen.isEmpty)
    client.shutDown()
    front.kill()
  }
}
