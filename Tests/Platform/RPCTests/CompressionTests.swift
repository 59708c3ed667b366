import Telemetry
import TestSupport
import Testing

@testable import RPC

/// Compressed bodies on the wire, said in bytes.
@Suite struct CompressionTests {
  private static let compresses = Method<DescribeRequest, DescribeRequest>(
    "test.Echo/Compressed", .pure, compresses: true)

  private func server(_ limits: Limits = Limits()) throws -> TestReplica {
    try TestReplica(limits: limits) { table in
      table.answer(TestServer.echo) { request, _ in request }
      table.answer(Self.compresses) { request, _ in request }
    }
  }

  private var hello: Hello {
    var hello = RawPeer.hello()
    hello.flags = 1
    hello.callsInFlightMax = 10
    return hello
  }

  private func named(_ count: Int) -> DescribeRequest {
    var request = DescribeRequest()
    request.name = String(repeating: "x", count: count)
    return request
  }

  /// A request frame that says that its body is compressed.
  private func frame(_ call: UInt64, _ method: String, body: [UInt8]) -> [UInt8] {
    var head = RequestHead()
    head.call = call
    head.method = method
    var bytes = RawFrame(kind: 1, head: head.encoded(), body: body).bytes
    bytes[5] = 1
    return bytes
  }

  private func zlib(_ bytes: [UInt8]) -> [UInt8] { ZlibCodec(.zlib).compress(bytes) }

  @Test func `a compressed request is read, a broken one answered, and the connection goes on`()
    throws
  {
    let server = try server()
    let peer = try RawPeer(greeting: server.address, hello)
    let name = TestServer.echo.name
    try peer.send(frame(1, name, body: zlib(named(5_000).encoded())))
    let (head, body) = try peer.response()
    #expect(head.code == 0 && body == named(5_000).encoded())
    for (call, bad) in [[], [1, 2, 3], Array(zlib(named(5_000).encoded()).dropLast())].enumerated()
    {
      try peer.send(frame(UInt64(call + 2), name, body: bad))
      let head = try peer.response().head
      #expect(head.code == Code.invalidArgument.rawValue && head.advice == .never)
      #expect(head.message == "the compressed body is not valid zlib")
    }
    #expect(try peer.health() == .notServing)
  }

  @Test func `a bomb is an error, found out at the limit`() throws {
    var limits = Limits()
    limits.inflatedBytesMax = 100_000
    let server = try server(limits)
    let peer = try RawPeer(greeting: server.address, hello)
    try peer.send(
      frame(1, TestServer.echo.name, body: zlib([UInt8](repeating: 0, count: 16 << 20))))
    let head = try peer.response().head
    #expect(head.code == Code.resourceExhausted.rawValue && head.advice == .never)
    #expect(head.message == "the body inflates to more than 100000 bytes")
  }

  @Test
  func `an answer is compressed only where its method says so, the peer takes it, and it gains`()
    throws
  {
    let server = try server()
    func answerBytes(_ method: String, _ count: Int, _ hello: Hello) throws -> Int {
      let peer = try RawPeer(greeting: server.address, hello)
      try peer.request(1, method, named(count))
      let (head, body) = try peer.response()
      #expect(head.code == 0)
      return body.count
    }
    #expect(try answerBytes(Self.compresses.name, 50_000, hello) < 1_000)
    #expect(try answerBytes(Self.compresses.name, 50_000, RawPeer.hello()) > 50_000)
    #expect(try answerBytes(Self.compresses.name, 500, hello) > 500)
    #expect(try answerBytes(TestServer.echo.name, 50_000, hello) > 50_000)
  }

  @Test func `compressed bodies are for requests and responses only`() throws {
    let server = try server()
    let peer = try RawPeer(greeting: server.address, hello)
    var ping = RawFrame(.ping, Ping()).bytes
    ping[5] = 1
    try peer.send(ping)
    #expect(try peer.closing()?.code == .protocolViolation)
    let other = try RawPeer(greeting: server.address, hello)
    var request = frame(1, TestServer.echo.name, body: [])
    request[5] = 2
    try other.send(request)
    #expect(try other.closing()?.reason == "frame flags 2 were not agreed")
  }

  @Test func `a method that compresses does so both ways, and what is no gain is sent as it is`()
    async throws
  {
    let server = try server()
    let client = try await Client.test([server.address])
    defer { client.shutDown() }
    let options = CallOptions(deadline: .now().adding(milliseconds: Patience.milliseconds))
    for (count, isCompressed) in [(100, false), (20_000, true)] {
      let outcome = await client.call(Self.compresses, named(count), options)
      #expect(try outcome.result.get().name.utf8.count == count)
      #expect(outcome.report.isCompressed == isCompressed)
    }
  }
}
