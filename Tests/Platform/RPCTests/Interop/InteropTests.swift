import Telemetry
import TestSupport
import Testing

@testable import RPC

/// The unary cases of gRPC's interop test descriptions, under their own names. Where a case streams,
/// its unary part is tested: a call instead of a stream.
@Suite struct InteropTests {
  private static let largeRequestBytes = 271_828
  private static let largeResponseBytes = 314_159
  private static let large = #"{"responseSize":314159}"#

  private let server: InteropServer
  private let messages: InteropMessages

  init() throws {
    server = try InteropServer()
    messages = try InteropMessages()
  }

  private func client() async throws -> Client { try await .test([server.replica.address]) }

  private func call(
    _ client: Client, _ request: OpaqueMessage,
    _ method: Method<OpaqueMessage, OpaqueMessage> = InteropMessages.unaryCall,
    metadata: [Metadata] = [], milliseconds: Int64 = Patience.milliseconds
  ) async -> CallOutcome<OpaqueMessage> {
    var options = CallOptions(deadline: .now().adding(milliseconds: milliseconds))
    options.metadata = metadata
    return await client.call(method, request, options)
  }

  @Test func `empty_unary`() async throws {
    let client = try await client()
    defer { client.shutDown() }
    let outcome = await call(client, OpaqueMessage([]), InteropMessages.emptyCall)
    #expect(try outcome.result.get().bytes == [])
  }

  @Test func `large_unary`() async throws {
    let client = try await client()
    defer { client.shutDown() }
    let request = try messages.request(Self.large, bodyBytes: Self.largeRequestBytes)
    let response = try await call(client, request).result.get()
    #expect(try messages.bodyBytes(response) == Self.largeResponseBytes)
  }

  @Test func `concurrent_large_unary`() async throws {
    let client = try await client()
    defer { client.shutDown() }
    let request = try messages.request(Self.large, bodyBytes: Self.largeRequestBytes)
    let calls = 40
    let sizes = try await withThrowingTaskGroup { group in
      for _ in 0..<calls {
        group.addTask { try await messages.bodyBytes(call(client, request).result.get()) }
      }
      return try await group.reduce(into: []) { sizes, size in sizes.append(size) }
    }
    #expect(sizes == Array(repeating: Self.largeResponseBytes, count: calls))
  }

  @Test func `client_compressed_unary`() async throws {
    let client = try await client()
    defer { client.shutDown() }
    let size = Self.largeRequestBytes
    let compressed = try messages.request(
      #"{"responseSize":314159,"expectCompressed":{"value":true}}"#, bodyBytes: size)
    let plain = try messages.request(
      #"{"responseSize":314159,"expectCompressed":{"value":false}}"#, bodyBytes: size)
    // The probe: a server that can't tell would take this for well.
    #expect(await call(client, compressed).code == .invalidArgument)
    for (request, method) in [
      (compressed, InteropMessages.compressedUnaryCall), (plain, InteropMessages.unaryCall),
    ] {
      let response = try await call(client, request, method).result.get()
      #expect(try messages.bodyBytes(response) == Self.largeResponseBytes)
    }
  }

  @Test(arguments: [true, false])
  func `server_compressed_unary`(wanted: Bool) async throws {
    let client = try await client()
    defer { client.shutDown() }
    let request = try messages.request(
      #"{"responseSize":314159,"responseCompressed":{"value":\#(wanted)}}"#,
      bodyBytes: Self.largeRequestBytes)
    let outcome = await call(client, request)
    #expect(try messages.bodyBytes(outcome.result.get()) == Self.largeResponseBytes)
    #expect(outcome.report.isCompressed == wanted)
  }

  @Test func `custom_metadata`() async throws {
    let client = try await client()
    defer { client.shutDown() }
    let sent = [
      Metadata(InteropServer.echoInitial, "test_initial_metadata_value"),
      Metadata(InteropServer.echoTrailing, [0xAB, 0xAB, 0xAB]), Metadata("x-else", "not echoed"),
    ]
    let outcome = await call(client, try messages.request(Self.large), metadata: sent)
    #expect(outcome.code == .ok)
    #expect(outcome.metadata == Array(sent.prefix(2)))
  }

  /// Reports of the application's own travel as metadata; an interceptor sees them as they come. (The
  /// load that balancing goes by is in every head.)
  @Test func `orca_per_rpc`() async throws {
    let seen = Guarded<[UInt8]?>(nil)
    let reader: Interceptor = { (phase, call) throws(RPCError) in
      if phase == .ends { seen.withLock { $0 = call.answerMetadata[InteropServer.loadReport] } }
    }
    let client = try await Client(
      "test", at: .list([server.replica.address]),
      identity: Identity(replica: "caller", software: "test"), interceptors: [reader])
    defer { client.shutDown() }
    let costs =
      #""requestCost":[{"key":"cost","value":3456.32}],"#
      + #""utilization":[{"key":"util","value":0.30499}]"#
    let asked = #"{"cpuUtilization":0.821,"memoryUtilization":0.5847,\#(costs)}"#
    let outcome = await call(
      client, try messages.request(#"{"orcaPerQueryReport":\#(asked)}"#))
    #expect(outcome.code == .ok)
    let report = try #require(seen.withLock { $0 })
    let told = #"{"cpuUtilization":0.821,"memUtilization":0.5847,\#(costs)}"#
    #expect(try messages.schema.decode(report, as: "grpc.testing.OrcaLoadReport") == told)
  }

  @Test func `status_code_and_message`() async throws {
    let client = try await client()
    defer { client.shutDown() }
    let outcome = await call(
      client,
      try messages.request(#"{"responseStatus":{"code":2,"message":"test status message"}}"#))
    #expect(outcome.code == .unknown && outcome.message == "test status message")
  }

  @Test func `special_status_message`() async throws {
    let client = try await client()
    defer { client.shutDown() }
    let special = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP \u{1F608}\t\n"
    let json =
      #"{"responseStatus":{"code":2,"message":"\t\ntest with whitespace\r\nand Unicode BMP ☺ "#
      + #"and non-BMP \ud83d\ude08\t\n"}}"#
    let outcome = await call(client, try messages.request(json))
    #expect(outcome.code == .unknown && outcome.message == special)
  }

  @Test func `unimplemented_method`() async throws {
    let client = try await client()
    defer { client.shutDown() }
    let method = Method<OpaqueMessage, OpaqueMessage>(
      "grpc.testing.TestService/UnimplementedCall", .pure)
    let outcome = await call(client, OpaqueMessage([]), method)
    #expect(outcome.code == .unimplemented)
    #expect(outcome.message.contains("grpc.testing.TestService has"), "\(outcome.message)")
  }

  @Test func `unimplemented_service`() async throws {
    let client = try await client()
    defer { client.shutDown() }
    let method = Method<OpaqueMessage, OpaqueMessage>(
      "grpc.testing.UnimplementedService/UnimplementedCall", .pure)
    let outcome = await call(client, OpaqueMessage([]), method)
    #expect(outcome.code == .unimplemented)
    #expect(outcome.message.contains("no service grpc.testing.UnimplementedService"))
  }

  private static let sleep = Method<OpaqueMessage, OpaqueMessage>(
    "grpc.testing.TestService/Sleep", .pure)

  @Test func `cancel_after_begin`() async throws {
    let client = try await client()
    defer { client.shutDown() }
    async let outcome = call(client, OpaqueMessage([]), Self.sleep)
    // The server is told too.
    let task = Task { await call(client, OpaqueMessage([]), Self.sleep) }
    while server.sleeping.value < 2 { await server.replica.loop.turn() }
    task.cancel()
    #expect(await task.value.code == .cancelled)
    while server.left.value < 1 { await server.replica.loop.turn() }
    client.shutDown()
    #expect(await outcome.code != .ok)
  }

  @Test func `timeout_on_sleeping_server`() async throws {
    let client = try await client()
    defer { client.shutDown() }
    #expect(await call(client, OpaqueMessage([]), InteropMessages.emptyCall).code == .ok)
    let outcome = await call(client, OpaqueMessage([]), Self.sleep, milliseconds: 1)
    #expect(outcome.code == .deadlineExceeded)
  }

  /// All calls on one client.
  @Test func `rpc_soak`() async throws {
    let client = try await client()
    defer { client.shutDown() }
    try await soak(iterations: 100) { client }
    #expect(server.replica.server.connectionCount == 1)
  }

  /// A client for each call.
  @Test func `channel_soak`() async throws {
    try await soak(iterations: 30) { try await self.client() }
  }

  private func soak(iterations: Int, _ next: () async throws -> Client) async throws {
    let request = try messages.request(Self.large, bodyBytes: Self.largeRequestBytes)
    for iteration in 0..<iterations {
      let client = try await next()
      // A second is what the descriptions allow, on a machine that does nothing else.
      let outcome = await call(client, request)
      #expect(outcome.code == .ok, "iteration \(iteration): \(outcome.message)")
    }
  }

  /// A channel that rests between calls, longer than it takes to ask whether the peer is there.
  @Test func `long_lived_channel`() async throws {
    var limits = Limits()
    (limits.pingMilliseconds, limits.pongMilliseconds) = (20, 2_000)
    let client = try await Client.test([server.replica.address], limits: limits)
    defer { client.shutDown() }
    for _ in 0..<3 {
      #expect(await call(client, try messages.request(Self.large)).code == .ok)
      try await Task.sleep(for: .milliseconds(600))
    }
    #expect(server.replica.server.connectionCount == 1)
  }
}
