import JSON
import RPC
import Testing

@Suite struct TranscodingToBytesTests {
  private let schema: MessageSchema

  init() throws { schema = try MessageSchema(EveryField.description) }

  private func encode(_ json: String) throws -> [UInt8] {
    try schema.encode(JSONValue(parsing: json), as: EveryField.name)
  }

  /// What the error says; nil where there is none.
  private func problem(_ json: String) throws -> String? {
    do throws(TranscodingError) {
      _ = try schema.encode(try! JSONValue(parsing: json), as: EveryField.name)
      return nil
    } catch {
      return error.description
    }
  }

  private func normal(_ json: String) throws -> String {
    try schema.decode(encode(json), as: EveryField.name)
  }

  @Test func `both spellings of a name are taken, once`() throws {
    #expect(try encode(#"{"oneInt32": 5}"#) == encode(#"{"one_int32": 5}"#))
    #expect(
      try problem(#"{"oneInt32": 5, "one_int32": 5}"#)
        == "one_int32 (1:17): stands twice, under both of its names")
  }

  @Test(arguments: [
    (#"{"oneint32": 5}"#, "oneint32 (1:2): test.Every has no such field; did you mean oneInt32?"),
    (
      #"{"inner": {"onInt32": 5}}"#,
      "inner.onInt32 (1:12): test.Every has no such field; did you mean oneInt32?"
    ),
    (#"{"oneDouble": "x"}"#, "oneDouble (1:15): expected a number, got a string"),
    (#"{"oneDouble": true}"#, "oneDouble (1:15): expected a number, got a boolean"),
    (#"{"listInt32": [1, null]}"#, "listInt32[1] (1:19): expected a number, got null"),
    (#"{"listInt32": 1}"#, "listInt32 (1:15): expected an array, got a number"),
    (
      #"{"inners": [{}, {"oneBool": 1}]}"#,
      "inners[1].oneBool (1:29): expected a boolean, got a number"
    ),
    (#"{"inner": []}"#, "inner (1:11): expected an object, got an array"),
    ("[]", "(1:1): expected an object, got an array"),
    (#"{"oneString": 7}"#, "oneString (1:15): expected a string, got a number"),
    (#"{"oneString": "a\u0000b"}"#, "oneString (1:15): a string cannot hold U+0000"),
    (#"{"oneBytes": "a"}"#, "oneBytes (1:14): no valid base64"),
    (
      #"{"kind": "KIND_OPENED"}"#,
      "kind (1:10): test.Kind has no KIND_OPENED; did you mean KIND_OPEN?"
    ),
    (
      #"{"kind": "x"}"#,
      "kind (1:10): test.Kind has no x; it has KIND_NONE, KIND_OPEN, KIND_ODD"
    ),
    (#"{"kind": true}"#, "kind (1:10): expected a name of test.Kind, got a boolean"),
    (
      #"{"choiceUint32": 1, "choiceString": ""}"#,
      "choiceString (1:21): excludes choiceUint32, which is set too"
    ),
  ])
  func `a problem names its place`(json: String, message: String) throws {
    #expect(try problem(json) == message)
  }

  @Test(
    arguments: [
      (
        "oneInt32", ["2147483647", "-2147483648", "1.0", "1e3", "-0", "\"7\"", "\"1e2\""],
        ["2147483648", "-2147483649", "1.5", "1e10", "\"\"", "\" 1\"", "\"0x1\"", "\"NaN\""]
      ),
      ("oneUint32", ["4294967295", "0", "10.00e-1"], ["4294967296", "-1"]),
      ("oneSint64", ["9223372036854775807", "\"-9223372036854775808\""], ["9223372036854775808"]),
      (
        "oneFixed64", ["18446744073709551615", "\"18446744073709551615\""], ["18446744073709551616"]
      ),
      ("oneInt64", ["9007199254740993"], ["1e19", "1.00000000000000000001"]),
      (
        "oneFloat", ["3.4028235e38", "\"NaN\"", "\"-Infinity\"", "\"1.5\"", "1e-50"],
        ["1e39", "\"inf\""]
      ),
      ("oneDouble", ["1.7976931348623157e308", "\"Infinity\""], ["1e309", "\"nan\"", "\"+1\""]),
      ("kind", ["\"KIND_ODD\"", "1", "77", "-2.0"], ["2147483648", "0.5"]),
      (
        "oneBytes", ["\"_-8=\"", "\"/+8\"", "\"\"", "\"AA==\"", "\"AA\""],
        ["\"A===\"", "\"A\"", "\"é\"", "\"AA= \""]
      ),
    ] as [(String, [String], [String])])
  func `values in range are taken, others refused`(
    name: String, good: [String], bad: [String]
  ) throws {
    for value in good { #expect(try problem("{\"\(name)\": \(value)}") == nil, "\(value)") }
    for value in bad {
      let found = try problem("{\"\(name)\": \(value)}")
      #expect(found?.hasPrefix("\(name) (1:") == true, "\(value): \(found ?? "taken")")
    }
  }

  @Test func `spellings of a value are one value`() throws {
    #expect(
      try normal(#"{"oneInt32": 1e3, "oneInt64": "1.0", "oneBytes": "_-8"}"#)
        == #"{"oneInt32":1000,"oneInt64":"1","oneBytes":"/+8="}"#)
    #expect(try normal(#"{"kind": -2}"#) == #"{"kind":"KIND_ODD"}"#)
  }

  @Test func `null is absent, and does not choose a oneof's member`() throws {
    #expect(try encode(#"{"oneInt32": null, "inner": null, "listInt32": null}"#).isEmpty)
    #expect(try normal(#"{"choiceUint32": null, "choiceString": "x"}"#) == #"{"choiceString":"x"}"#)
  }

  @Test func `a zero is left out, except where presence counts`() throws {
    #expect(try encode(#"{"oneInt32": 0, "oneString": "", "oneBool": false, "kind": 0}"#).isEmpty)
    #expect(try encode(#"{"listInt32": []}"#).isEmpty)
    #expect(try normal(#"{"oneDouble": -0.0}"#) == #"{"oneDouble":-0}"#)
    for present in [#"{"inner":{}}"#, #"{"choiceUint32":0}"#, #"{"choiceString":""}"#] {
      #expect(try normal(present) == present)
    }
  }

  @Test func `fields are written in the order of their numbers, lists packed as described`() throws
  {
    // int32 (number 21) is packed, sint32 (22) is not; 41 is the enum.
    let bytes = try encode(
      #"{"kind": 1, "listSint32": [-1, 1], "listInt32": [1, -1], "oneInt32": 1}"#)
    #expect(
      bytes == [0x08, 1, 0xAA, 1, 11, 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]
        + [0xB0, 1, 1, 0xB0, 1, 2, 0xC8, 2, 1])
  }

  @Test func `a text nested too deep is refused`() throws {
    let depth = TranscodingLimits().depthMax
    func nested(_ levels: Int) -> JSONValue {
      (1..<levels).reduce(JSONValue(.object([]))) { inner, _ in
        JSONValue(.object([JSONMember("inner", inner)]))
      }
    }
    #expect(throws: Never.self) { try schema.encode(nested(depth), as: EveryField.name) }
    #expect(throws: TranscodingError.self) {
      try schema.encode(nested(depth + 1), as: EveryField.name)
    }
  }
}
