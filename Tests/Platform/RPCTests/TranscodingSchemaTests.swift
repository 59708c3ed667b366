import JSON
import RPC
import Testing

@Suite struct TranscodingSchemaTests {
  private func problem(_ change: (inout DescribeResponse) -> Void) -> String? {
    var description = EveryField.description
    change(&description)
    do throws(TranscodingError) {
      _ = try MessageSchema(description)
      return nil
    } catch {
      return error.description
    }
  }

  @Test func `a description that cannot be is refused`() {
    #expect(
      problem { $0.messages[0].fields[0].type = "int128" }
        == "test.Every.one_int32: no type int128 is known")
    #expect(
      problem { $0.messages[0].fields[0].number = 0 }
        == "test.Every.one_int32: 0 is no field number")
    #expect(
      problem { $0.messages[0].fields[0].number = 1 << 29 }
        == "test.Every.one_int32: 536870912 is no field number")
    #expect(
      problem { $0.messages[0].fields[2].number = 1 }
        == "test.Every.one_sint32: one_int32 has the same number")
    #expect(problem { $0.enums = [] } == "test.Every.kind: its type is not described")
  }

  @Test func `an unknown type is named, with the nearest one`() throws {
    let schema = try MessageSchema(EveryField.description)
    let error = #expect(throws: TranscodingError.self) { try schema.decode([], as: "test.Evry") }
    #expect(
      error?.description == "no message type test.Evry is described; did you mean test.Every?")
  }

  @Test func `names turn into lower camel case by protobuf's rule`() throws {
    var description = EveryField.description
    let names = ["radius_km", "open_from_s", "a__b", "_lead", "trail_", "x2_y", "Upper"]
    description.messages[0].fields = names.enumerated().map {
      EveryField.field($1, UInt32($0 + 1), "bool")
    }
    let shape = try #require(try MessageSchema(description).message(EveryField.name))
    #expect(
      shape.fields.map(\.jsonName)
        == ["radiusKm", "openFromS", "aB", "Lead", "trail", "x2Y", "Upper"])
  }

  @Test func `a server's description transcodes like the program's own types`() throws {
    let types = GeneratedType.all.map(\.type)
    var description = DescribeResponse()
    description.messages = types.map(\.description)
    description.enums = MessageType.enums(of: types)
    // As it travels.
    let travelled = try DescribeResponse(decoding: description.encoded())
    let (remote, local) = (try MessageSchema(travelled), MessageSchema(types: types))
    #expect(remote.messageNames == local.messageNames)
    var messages = RandomMessage(schema: local, random: SeededGenerator(seed: 7))
    for name in local.messageNames {
      let json = messages.json(name)
      let bytes = try remote.encode(JSONValue(parsing: json), as: name)
      #expect(try local.decode(bytes, as: name) == json)
    }
  }
}
