import CMessages
import RPC
import Synchronization
import Telemetry
import TestSupport
import Testing

@Suite struct CallContextTests {
  private static let echo = Method<DescribeRequest, DescribeRequest>("test.Echo/Say", .pure)
  private static let keep = Method<DescribeRequest, DescribeRequest>("test.Echo/Keep", .pure)

  /// What handlers saw, and the contexts that they kept.
  private final class Seen: Sendable {
    let contexts = Mutex<[ObjectIdentifier]>([])
    let kept = Mutex<[CallContext]>([])
  }

  private final class Running {
    let loop: EventLoop
    let address: Address

    init(_ methods: @escaping @Sendable () -> MethodTable) throws {
      loop = try EventLoop(name: "test")
      let server = Server(
        loops: [loop], identity: Identity(replica: "test", software: "RPCTests")
      ) { _ in methods() }
      address = try server.listen(at: Address("127.0.0.1:0")!)
      loop.start()
    }

    deinit {
      loop.stop()
      loop.join()
    }
  }

  private func named(_ name: String) -> DescribeRequest {
    var request = DescribeRequest()
    request.name = name
    return request
  }

  @Test func `a handler in place reads the request and points the response into it`() throws {
    let running = try Running {
      var table = MethodTable()
      table.answer(
        Self.echo,
        inPlace: { (request, response, _) throws(RPCError) in
          guard request.name[0] != 0 else { throw .invalidArgument("no name") }
          response.name = request.name
        })
      return table
    }
    let peer = try RawPeer(greeting: running.address)
    for round in 1...3 {
      try peer.request(UInt64(round), Self.echo.name, named("hello \(round)"))
      let (head, body) = try peer.response()
      #expect(head.code == 0)
      #expect(try DescribeRequest(decoding: body).name == "hello \(round)")
    }
    try peer.request(9, Self.echo.name, named(""))
    let refused = try peer.response().head
    #expect(Code(rawValue: refused.code) == .invalidArgument && refused.message == "no name")
    var head = RequestHead()
    head.call = 10
    head.method = Self.echo.name
    try peer.send(RawFrame(kind: 1, head: head.encoded(), body: [0xFF, 0xFF]))
    #expect(Code(rawValue: try peer.response().head.code) == .invalidArgument)
  }

  @Test func `a context serves again, unless somebody holds it`() throws {
    let seen = Seen()
    let running = try Running {
      var table = MethodTable()
      table.answer(Self.echo) { request, call in
        seen.contexts.withLock { $0.append(ObjectIdentifier(call)) }
        return request
      }
      table.answer(Self.keep) { request, call in
        seen.contexts.withLock { $0.append(ObjectIdentifier(call)) }
        seen.kept.withLock { $0.append(call) }
        return request
      }
      return table
    }
    let peer = try RawPeer(greeting: running.address)
    for (call, method) in [Self.echo, Self.echo, Self.keep, Self.echo, Self.keep].enumerated() {
      try peer.request(UInt64(call + 1), method.name, named(""))
      _ = try peer.response()
    }
    let contexts = seen.contexts.withLock { $0 }
    #expect(contexts[0] == contexts[1] && contexts[1] == contexts[2])
    #expect(contexts[3] != contexts[2] && contexts[4] == contexts[3])
    let kept = seen.kept.withLock { $0.map(\.isWaiting) }
    #expect(kept == [false, false])
  }

  @Test func `a context that serves again knows nothing of the call before`() throws {
    let told = Told()
    let running = try Running {
      var table = MethodTable()
      table.answer(Self.echo) { request, call in
        told.facts.withLock {
          $0.append(
            Facts(
              attempt: call.attempt, priority: call.priority, trace: call.trace,
              milliseconds: call.deadline.nanoseconds(since: call.received) / 1_000_000))
        }
        // Of no use to the next one.
        call.onCancel { told.cancelled.withLock { $0 += 1 } }
        return request
      }
      return table
    }
    let peer = try RawPeer(greeting: running.address)
    var full = RequestHead()
    full.call = 1
    full.method = Self.echo.name
    full.budgetMicroseconds = 2_000_000
    full.traceID = Array(1...16)
    full.attempt = 3
    full.priority = 2
    try peer.send(RawFrame(.request, full, named("")))
    _ = try peer.response()
    var bare = RequestHead()
    bare.call = 2
    bare.method = Self.echo.name
    try peer.send(RawFrame(.request, bare, named("")))
    _ = try peer.response()
    let facts = told.facts.withLock { $0 }
    #expect(facts.count == 2 && facts[0].trace.isPresent)
    #expect(facts[0].attempt == 3 && facts[0].priority == 2 && facts[0].milliseconds == 2_000)
    let milliseconds = Limits().budgetDefaultMilliseconds
    #expect(
      facts[1]
        == Facts(attempt: 0, priority: 0, trace: TraceContext(), milliseconds: milliseconds))
    #expect(told.cancelled.withLock { $0 } == 0)
  }

  private struct Facts: Equatable, Sendable {
    var attempt: UInt32
    var priority: UInt32
    var trace: TraceContext
    var milliseconds: Int64
  }

  private final class Told: Sendable {
    let facts = Mutex<[Facts]>([])
    let cancelled = Mutex(0)
  }
}
