import JSON
import RPC
import Testing

@Suite struct TranscodingRoundTripTests {
  private let schema = MessageSchema(types: GeneratedType.all.map(\.type))

  @Test(arguments: GeneratedType.all)
  func `random messages come back as they were, and protobuf-c agrees`(
    _ type: GeneratedType
  ) throws {
    for seed in UInt64(1)...60 {
      var messages = RandomMessage(schema: schema, random: SeededGenerator(seed: seed))
      let json = messages.json(type.name)
      let context: Comment = "\(type), seed \(seed): \(json)"
      let bytes = try schema.encode(JSONValue(parsing: json), as: type.name)
      #expect(try schema.decode(bytes, as: type.name) == json, context)
      #expect(type.repacked(bytes) == bytes, context)
    }
  }

  @Test func `members that hold zero print on demand and encode to nothing`() throws {
    for type in GeneratedType.all {
      let text = try schema.decode([], as: type.name, defaults: true)
      #expect(try schema.encode(JSONValue(parsing: text), as: type.name).isEmpty, "\(text)")
      #expect(try schema.decode([], as: type.name) == "{}")
    }
  }

  @Test func `random bytes are an error or a message, never a trap`() throws {
    for seed in UInt64(1)...20_000 {
      var random = SeededGenerator(seed: seed)
      let type = GeneratedType.all.randomElement(using: &random)!
      let bytes = random.bytes(0...40)
      guard let json = try? schema.decode(bytes, as: type.name, defaults: true) else { continue }
      _ = try JSONValue(parsing: json)
    }
  }

  @Test func `valid bytes with a flaw are an error or a message, never a trap`() throws {
    var survivors = 0
    for seed in UInt64(1)...4_000 {
      var random = SeededGenerator(seed: seed)
      let type = GeneratedType.all.randomElement(using: &random)!
      var messages = RandomMessage(schema: schema, random: random)
      let json = try JSONValue(parsing: messages.json(type.name))
      var bytes = try schema.encode(json, as: type.name)
      guard !bytes.isEmpty else { continue }
      bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(
        in: 0...255, using: &random)
      if random.chance(2) { bytes.removeLast(Int.random(in: 0...bytes.count / 2, using: &random)) }
      guard let text = try? schema.decode(bytes, as: type.name) else { continue }
      survivors += 1
      // What we take for a message, protobuf-c takes for one.
      #expect(type.repacked(bytes) != nil, "\(type), seed \(seed): \(text)")
    }
    #expect(survivors > 100)
  }
}
