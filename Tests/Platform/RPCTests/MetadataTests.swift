import Telemetry
import TestSupport
import Testing

@testable import RPC

@Suite struct MetadataTests {
  private func replica(_ limits: Limits = Limits()) throws -> TestReplica {
    try TestReplica(limits: limits) { table in
      table.answer(TestMethod.echo) { (request, call) throws(RPCError) in
        call.answerMetadata = call.metadata
        if request.service == "fail" { throw RPCError(.notFound, "nothing") }
        if request.service == "much" {
          call.answerMetadata = [Metadata("x", [UInt8](repeating: 0, count: 5_000))]
        }
        return request
      }
    }
  }

  private func call(
    _ client: Client, _ text: String = "", _ metadata: [Metadata]
  ) async -> CallOutcome<HealthRequest> {
    var request = HealthRequest()
    request.service = text
    return await client.call(
      .echo, request,
      CallOptions(deadline: .now().adding(milliseconds: Patience.milliseconds), metadata: metadata))
  }

  @Test func `metadata goes there and back, with the answer and with a failure`() async throws {
    let replica = try replica()
    let client = try await Client.test([replica.address])
    defer { client.shutDown() }
    let sent = [
      Metadata("tenant", "a"), Metadata("tenant", "b"), Metadata("raw-bin", [0, 0xFF, 0x80]),
      Metadata("empty", ""),
    ]
    let answered = await call(client, "", sent)
    #expect(answered.code == .ok && answered.metadata == sent)
    #expect(sent["tenant"] == Array("a".utf8) && sent[2].text == nil && sent["absent"] == nil)
    let failed = await call(client, "fail", sent)
    #expect(failed.code == .notFound && failed.metadata == sent)
    #expect(await call(client, "", []).metadata.isEmpty)
  }

  @Test func `too much of it, or a name that is none, is refused before it is sent`() async throws {
    let replica = try replica()
    let client = try await Client.test([replica.address])
    defer { client.shutDown() }
    let long = await call(client, "", [Metadata("x", [UInt8](repeating: 1, count: 4_096))])
    #expect(long.code == .resourceExhausted && long.report.attempts.isEmpty)
    #expect(long.message == "4097 bytes of metadata; at most 4096 are taken")
    #expect(
      await call(client, "", [Metadata("x", [UInt8](repeating: 1, count: 4_095))]).code == .ok)
    for name in ["", "Upper", "with space", "ümlaut"] {
      #expect(await call(client, "", [Metadata(name, "v")]).code == .invalidArgument)
    }
  }

  @Test func `an answer's that is too long becomes an error that fits`() async throws {
    let replica = try replica()
    let client = try await Client.test([replica.address])
    defer { client.shutDown() }
    let much = await call(client, "much", [])
    #expect(much.code == .resourceExhausted && much.metadata.isEmpty)
    #expect(much.message.contains("5001 bytes of metadata"), "\(much.message)")
  }

  @Test func `a stranger's that is too long is answered, and the connection goes on`() throws {
    let replica = try replica()
    let peer = try RawPeer(greeting: replica.address)
    var head = RequestHead()
    head.call = 1
    head.method = TestMethod.echo.name
    head.metadata = [Metadata("x", [UInt8](repeating: 1, count: 10_000))]
    try peer.send(RawFrame(.request, head, HealthRequest()))
    let answer = try peer.response().head
    #expect(answer.code == Code.resourceExhausted.rawValue && answer.advice == .never)
    head.call = 2
    head.metadata = []
    try peer.send(RawFrame(.request, head, HealthRequest()))
    #expect(try peer.response().head.code == 0)
  }
}
