import JSON
import RPC
import Testing

@Suite struct TranscodingFromBytesTests {
  private let schema: MessageSchema

  init() throws { schema = try MessageSchema(EveryField.description) }

  private func decode(_ bytes: [UInt8]) throws -> String {
    try schema.decode(bytes, as: EveryField.name)
  }

  private func problem(_ bytes: [UInt8]) -> String? {
    do throws(TranscodingError) {
      _ = try schema.decode(bytes, as: EveryField.name)
      return nil
    } catch {
      return error.description
    }
  }

  @Test(
    arguments: [
      ([0x08], "oneInt32 (byte 1): a varint is cut off"),
      (
        [0x08] + [UInt8](repeating: 0x80, count: 10),
        "oneInt32 (byte 1): a varint is longer than ten bytes"
      ),
      ([0x80], "(byte 0): a varint is cut off"),
      ([0x00, 1], "(byte 0): 0 is no field number"),
      ([0xF8, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0], "(byte 0): 8589934591 is no field number"),
      ([0x0B], "(byte 0): field 1 is of wire type 3, which proto3 lacks"),
      ([0x0D, 1, 2, 3, 4], "oneInt32 (byte 0): comes as fixed32, which its type is not"),
      ([0x08, 1, 0x72, 5, 0x61], "oneString (byte 3): 5 bytes are announced, 1 are left"),
      (
        [0x72, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1],
        "oneString (byte 1): 18446744073709551615 bytes are announced, 0 are left"
      ),
      ([0x72, 1, 0xFF], "oneString (byte 1): a string is not valid UTF-8"),
      ([0x72, 2, 0x61, 0], "oneString (byte 1): a string holds U+0000"),
      ([0x65, 0, 0], "oneDouble (byte 0): comes as fixed32, which its type is not"),
      ([0x61, 0, 0], "oneDouble (byte 1): 8 bytes are needed, 2 are left"),
      ([0xD2, 2, 2, 0x08, 0x80], "inner.oneInt32 (byte 4): a varint is cut off"),
      ([0xAA, 1, 1, 0x80], "listInt32 (byte 3): a varint is cut off"),
      ([0xFA, 7, 9], "(byte 2): 9 bytes are announced, 0 are left"),
    ] as [([UInt8], String)])
  func `a flaw in the bytes is an error with its place`(bytes: [UInt8], message: String) {
    #expect(problem(bytes) == message)
  }

  @Test func `what the type does not have is passed over`() throws {
    let unknown: [UInt8] = [
      0xF8, 7, 1, 0xF9, 7, 1, 2, 3, 4, 5, 6, 7, 8, 0xFA, 7, 1, 9, 0xFD, 7, 1, 2, 3, 4,
    ]
    #expect(try decode([0x08, 1] + unknown + [0x10, 2]) == #"{"oneInt32":1,"oneSint32":1}"#)
  }

  @Test func `the last scalar wins, and a zero that wins is absent`() throws {
    #expect(try decode([0x08, 1, 0x08, 2]) == #"{"oneInt32":2}"#)
    #expect(try decode([0x08, 1, 0x08, 0]) == "{}")
  }

  @Test func `submessages that come twice are merged`() throws {
    #expect(
      try decode([0xD2, 2, 2, 0x08, 1, 0xD2, 2, 2, 0x10, 2])
        == #"{"inner":{"oneInt32":1,"oneSint32":1}}"#)
  }

  @Test func `of a oneof's members the last one stands`() throws {
    // choice_uint32 = 7, then choice_string = "a"; and the other way round.
    #expect(try decode([0xE0, 2, 7, 0xEA, 2, 1, 0x61]) == #"{"choiceString":"a"}"#)
    #expect(try decode([0xEA, 2, 1, 0x61, 0xE0, 2, 0]) == #"{"choiceUint32":0}"#)
    // The message member: of two in a row both count; one that another member ended does not.
    let one: [UInt8] = [0xF2, 2, 2, 0x08, 1]
    let two: [UInt8] = [0xF2, 2, 2, 0x10, 2]
    #expect(try decode(one + two) == #"{"choiceMessage":{"oneInt32":1,"oneSint32":1}}"#)
    #expect(try decode(one + [0xE0, 2, 7] + two) == #"{"choiceMessage":{"oneSint32":1}}"#)
  }

  @Test func `packed and unpacked lists are both read, even mixed`() throws {
    #expect(
      try decode([0xA8, 1, 1, 0xAA, 1, 2, 2, 3, 0xA8, 1, 4]) == #"{"listInt32":[1,2,3,4]}"#)
    #expect(try decode([0xB2, 1, 2, 2, 4]) == #"{"listSint32":[1,2]}"#)
    #expect(try decode([0xAA, 1, 0]) == "{}")
  }

  @Test func `numbers wider than their type lose the upper bits`() throws {
    let wide: [UInt8] = [0x81, 0x80, 0x80, 0x80, 0x10]  // 2^32 + 1
    #expect(try decode([0x08] + wide) == #"{"oneInt32":1}"#)
    #expect(try decode([0x38] + wide) == #"{"oneUint32":1}"#)
    #expect(try decode([0x68, 0x80, 0x80, 0x80, 0x80, 0x10]) == #"{"oneBool":true}"#)
  }

  @Test func `values print as JSON has them`() throws {
    #expect(try decode([0x5D, 0, 0, 0xC0, 0x7F]) == #"{"oneFloat":"NaN"}"#)
    #expect(try decode([0x61, 0, 0, 0, 0, 0, 0, 0xF0, 0xFF]) == #"{"oneDouble":"-Infinity"}"#)
    #expect(try decode([0x5D, 0xCD, 0xCC, 0xCC, 0x3D]) == #"{"oneFloat":0.1}"#)
    #expect(try decode([0xC8, 2, 9]) == #"{"kind":9}"#)
  }

  @Test func `members may be put on lines, and defaults shown`() throws {
    let pretty = try schema.decode([0x08, 1], as: EveryField.name, pretty: true)
    #expect(pretty == "{\n  \"oneInt32\": 1\n}")
    let all = try JSONValue(
      parsing: schema.decode([], as: EveryField.name, defaults: true))
    #expect(all["oneInt64"]?.string == "0")
    #expect(all["kind"]?.string == "KIND_NONE")
    #expect(all["listBytes"]?.array?.isEmpty == true)
    #expect(all["inner"] == nil && all["choiceUint32"] == nil)
  }

  @Test func `bytes that unfold to too much are refused`() {
    let depth = TranscodingLimits().depthMax
    var nested: [UInt8] = []
    for _ in 1..<depth { nested = [0xD2, 2] + varint(nested.count) + nested }
    #expect(problem(nested) == nil)
    nested = [0xD2, 2] + varint(nested.count) + nested
    #expect(problem(nested)?.hasSuffix("messages are nested deeper than \(depth)") == true)

    var limits = TranscodingLimits()
    limits.valuesMax = 1_000
    let bomb = [[UInt8]](repeating: [0xDA, 2, 0], count: 100).flatMap { $0 }
    let strict = try! MessageSchema(EveryField.description, limits: limits)
    #expect(throws: TranscodingError.self) { try strict.decode(bomb, as: EveryField.name) }
    #expect(problem(bomb) == nil)
  }

  private func varint(_ value: Int) -> [UInt8] {
    value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + varint(value >> 7)
  }
}
