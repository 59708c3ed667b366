import JSON
import RPC
import TestSupport
import Testing

@Suite struct MessageTests {
  private func expectRoundTrip<M: Message>(_ type: M.Type) throws {
    let schema = MessageSchema(types: [MessageType(M.descriptor)])
    for seed in UInt64(1)...40 {
      var messages = RandomMessage(
        schema: schema, random: SeededGenerator(seed: seed), withUnknownEnums: false)
      let json = messages.json(M.messageName)
      let bytes = try schema.encode(JSONValue(parsing: json), as: M.messageName)
      #expect(try M(decoding: bytes).encoded() == bytes, "\(M.self), seed \(seed): \(json)")
    }
    #expect(try M(decoding: []).encoded().isEmpty)
    #expect(throws: InvalidMessage.self) { try M(decoding: [0xFF]) }
  }

  @Test func `every head comes back as it was`() throws {
    try expectRoundTrip(Hello.self)
    try expectRoundTrip(Metadata.self)
    try expectRoundTrip(RequestHead.self)
    try expectRoundTrip(ResponseHead.self)
    try expectRoundTrip(Cancel.self)
    try expectRoundTrip(Ping.self)
    try expectRoundTrip(Pong.self)
    try expectRoundTrip(Drain.self)
    try expectRoundTrip(Advertisement.self)
    try expectRoundTrip(Close.self)
  }

  @Test func `every message of the node's services comes back as it was`() throws {
    try expectRoundTrip(HealthRequest.self)
    try expectRoundTrip(HealthResponse.self)
    try expectRoundTrip(ListRequest.self)
    try expectRoundTrip(ListResponse.self)
    try expectRoundTrip(MethodDescription.self)
    try expectRoundTrip(DescribeRequest.self)
    try expectRoundTrip(DescribeResponse.self)
    try expectRoundTrip(MessageDescription.self)
    try expectRoundTrip(FieldDescription.self)
    try expectRoundTrip(EnumDescription.self)
    try expectRoundTrip(EnumValueDescription.self)
  }

  @Test func `an enum's number that is not known reads as what promises least`() throws {
    #expect(try Close(decoding: [0x08, 99]).code == .protocolViolation)
    #expect(try ResponseHead(decoding: [0x20, 99]).advice == .mayHaveRun)
    #expect(try HealthResponse(decoding: [0x08, 99]).status == .unknown)
  }

  @Test func `fields of a later release are passed over`() throws {
    let later: [UInt8] = [0xA2, 0x06, 2, 1, 2, 0x08, 1, 0xAD, 0x06, 1, 2, 3, 4]
    #expect(try HealthResponse(decoding: later).status == .serving)
  }

  @Test func `random bytes are a message or an error`() {
    for seed in UInt64(1)...5_000 {
      var random = SeededGenerator(seed: seed)
      let bytes = random.bytes(0...60)
      _ = try? DescribeResponse(decoding: bytes)
      _ = try? RequestHead(decoding: bytes)
      _ = try? Hello(decoding: bytes)
    }
  }
}
