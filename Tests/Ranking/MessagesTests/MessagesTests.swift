import JSON
import Messages
import RPC
import TestSupport
import Testing

@Suite struct MessagesTests {
  static let all: [any Message.Type] = [
    AppendRequest.self, AppendResponse.self, FollowRequest.self, FollowResponse.self,
    PromoteRequest.self, PromoteResponse.self,
    Arm.self, AssembleRequest.self, AssembleResponse.self, Attempt.self, CatalogueRecord.self,
    Event.self,
    Explain.self, ExplainedItem.self, Explanation.self, ItemFate.self, Rule.self, RuleMove.self,
    Filters.self, GetRequest.self, GetResponse.self, Hop.self, Item.self, OpenInterval.self,
    Place.self, RankRequest.self, RankResponse.self, RankedItem.self, ScoreRequest.self,
    ScoreResponse.self, SearchRequest.self, SearchResponse.self, User.self, Zone.self,
  ]

  private func schema<M: Message>(_ type: M.Type) -> MessageSchema {
    MessageSchema(types: [MessageType(M.descriptor)])
  }

  private func everyFieldTravels<M: Message>(_ type: M.Type, choice: Int) throws {
    let schema = schema(type)
    var every = EverySetField(schema, choice: choice)
    let json = every.json(M.messageName)
    let bytes = try schema.encode(json, as: M.messageName)
    let value = try M(decoding: bytes)
    #expect(value.encoded() == bytes, "\(M.messageName), written again")
    var mirrored = MirroredMessage()
    mirrored.compare(value, json, at: M.messageName)
    #expect(mirrored.problems == [])
  }

  private func defaultsAreEmpty<M: Message>(_ type: M.Type) throws {
    let empty = try M(decoding: [])
    #expect(empty.encoded().isEmpty, "\(M.messageName)")
  }

  @Test func `every field of every message comes back in the property of its name`() throws {
    for type in Self.all { try everyFieldTravels(type, choice: 0) }
  }

  @Test func `every kind of catalogue record comes back`() throws {
    for choice in 0..<3 { try everyFieldTravels(CatalogueRecord.self, choice: choice) }
  }

  @Test func `no bytes are a message with nothing set, which takes no bytes`() throws {
    for type in Self.all { try defaultsAreEmpty(type) }
  }

  @Test func `a catalogue record of a later version is unknown`() throws {
    // Field 15, a submessage of no bytes.
    guard case .unknown = try CatalogueRecord(decoding: [15 << 3 | 2, 0]) else {
      Issue.record("taken for a known record")
      return
    }
  }

  @Test func `random bytes are an error or a message, never a trap`() throws {
    var decoded = 0
    for seed in UInt64(1)...5_000 {
      var random = SeededGenerator(seed: seed)
      let type = Self.all.randomElement(using: &random)!
      let bytes = random.bytes(0...24)
      do {
        _ = try type.init(decoding: bytes).encoded()
        decoded += 1
      } catch {}
    }
    #expect(decoded > 50)
  }

  @Test func `absent submessages stay absent, present ones may be empty`() throws {
    var request = RankRequest()
    #expect(try RankRequest(decoding: request.encoded()).filters == nil)
    request.filters = Filters()
    let filters = try RankRequest(decoding: request.encoded()).filters
    #expect(filters?.encoded().isEmpty == true)
  }
}
