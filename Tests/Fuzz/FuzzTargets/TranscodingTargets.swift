internal import JSON
internal import RPC

extension FuzzTarget {
  /// Far below the product's, so that a short input can reach them.
  private static let jsonLimits = JSONLimits(depthMax: 16, bytesMax: inputBytesMax, valuesMax: 300)
  private static let types = headTypes + bodyTypes
  private static let schema = MessageSchema(types: types.map(\.type))

  static let json = FuzzTarget(
    "json", dictionary: ["null", "true", "\\u", "\\ud83d", "1e9", "-0", "[[", "{\"a\":"]
  ) {
    [#"{"a":[1,-2.5e3,"x\u00e9\n",null,true,{"b":[]}],"c":""}"#, "[[[[0]]]]", "\"\\ud83d\\ude00\""]
      .map { Array($0) }
  } read: { bytes in
    guard let value = try? JSONValue(parsing: bytes, limits: jsonLimits) else { return .refused }
    let text = written(value)
    let again = try JSONValue(parsing: text, limits: JSONLimits(bytesMax: 16 * inputBytesMax))
    try promise(written(again) == text, "another value when it is written and read")
    return .accepted
  }

  private static func written(_ value: JSONValue) -> String {
    var writer = JSONWriter()
    writer.value(value)
    return writer.string
  }

  /// Protobuf to JSON; the first byte chooses the type.
  static let toJSON = FuzzTarget("protobuf-to-json") {
    types.enumerated().map { [UInt8($0)] + $1.sample }
  } read: { bytes in
    guard let first = bytes.first else { return .refused }
    let type = types[Int(first) % types.count].name
    guard let json = try? schema.decode(Array(bytes.dropFirst()), as: type) else { return .refused }
    let encoded = try schema.encode(JSONValue(parsing: json), as: type)
    let again = try schema.decode(encoded, as: type)
    try promise(again == json, "\(json) became \(again)")
    return .accepted
  }

  /// JSON to protobuf; the first byte chooses the type.
  static let fromJSON = FuzzTarget(
    "json-to-protobuf",
    dictionary: ["\"NaN\"", "\"Infinity\"", "\"-1\"", "1e400", "null", "\"metadata\":"]
  ) {
    types.enumerated().map { index, type in
      let json = try? schema.decode(type.sample, as: type.name, defaults: true)
      return [UInt8(index)] + Array(json ?? "{}")
    }
  } read: { bytes in
    guard let first = bytes.first else { return .refused }
    let type = types[Int(first) % types.count]
    guard let value = try? JSONValue(parsing: Array(bytes.dropFirst()), limits: jsonLimits),
      let encoded = try? schema.encode(value, as: type.name)
    else { return .refused }
    let json = try schema.decode(encoded, as: type.name)
    let again = try schema.encode(JSONValue(parsing: json), as: type.name)
    try promise(again == encoded, "\(json) is written otherwise the second time")
    return .accepted
  }
}
