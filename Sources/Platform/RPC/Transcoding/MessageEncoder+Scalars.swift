internal import JSON

extension MessageEncoder {
  /// Digits of a wrong number that a message repeats.
  private static let quotedMax = 40

  func append(
    _ value: JSONValue, _ scalar: FieldShape.Scalar, to output: inout [UInt8]
  ) throws(TranscodingError) {
    switch scalar {
    case .int32: output.appendVarint(UInt64(bitPattern: Int64(try integer(value) as Int32)))
    case .int64: output.appendVarint(UInt64(bitPattern: try integer(value) as Int64))
    case .uint32: output.appendVarint(UInt64(try integer(value) as UInt32))
    case .uint64: output.appendVarint(try integer(value))
    case .sint32: output.appendVarint(zigZag(Int64(try integer(value) as Int32)))
    case .sint64: output.appendVarint(zigZag(try integer(value)))
    case .sfixed32: output.appendFixed(try integer(value) as Int32)
    case .sfixed64: output.appendFixed(try integer(value) as Int64)
    case .fixed32: output.appendFixed(try integer(value) as UInt32)
    case .fixed64: output.appendFixed(try integer(value) as UInt64)
    case .float: output.appendFixed((try real(value) as Float).bitPattern)
    case .double: output.appendFixed((try real(value) as Double).bitPattern)
    case .bool:
      guard let bool = value.bool else { throw unexpected(value, "a boolean") }
      output.appendVarint(bool ? 1 : 0)
    case .string: output.appendDelimited(try string(value).utf8)
    case .bytes:
      guard let text = value.string else { throw unexpected(value, "a string of base64") }
      guard let bytes = Base64.decode(text) else { throw problem("no valid base64", value) }
      output.appendDelimited(bytes)
    }
  }

  private func zigZag(_ value: Int64) -> UInt64 { UInt64(bitPattern: value << 1 ^ value >> 63) }

  private func string(_ value: JSONValue) throws(TranscodingError) -> String {
    guard let text = value.string else { throw unexpected(value, "a string") }
    // protobuf-c's strings end there: what follows would be lost without a word.
    if text.utf8.contains(0) { throw problem("a string cannot hold U+0000", value) }
    return text
  }

  /// From a number or a string that holds one. `1.0` and `1e3` are integers.
  private func integer<Value: FixedWidthInteger>(
    _ value: JSONValue
  ) throws(TranscodingError) -> Value {
    let number = try number(value)
    let wide = Value.isSigned ? number.int64.flatMap { Value(exactly: $0) } : nil
    guard let result = wide ?? number.uint64.flatMap({ Value(exactly: $0) }) else {
      throw problem("\(quoted(number)) is no integer from \(Value.min) to \(Value.max)", value)
    }
    return result
  }

  private func real<Value: BinaryFloatingPoint & LosslessStringConvertible>(
    _ value: JSONValue
  ) throws(TranscodingError) -> Value {
    switch value.string {
    case "NaN": return .nan
    case "Infinity": return .infinity
    case "-Infinity": return -.infinity
    default: break
    }
    let number = try number(value)
    guard let result = number.number.flatMap({ Value($0) }), result.isFinite else {
      throw problem("\(quoted(number)) is beyond the range of \(Value.self)", value)
    }
    return result
  }

  /// The number itself, or the one that a string spells in JSON's own grammar.
  private func number(_ value: JSONValue) throws(TranscodingError) -> JSONValue {
    if value.number != nil { return value }
    guard let text = value.string, let parsed = try? JSONValue(parsing: text),
      parsed.number == text
    else { throw unexpected(value, "a number") }
    return parsed
  }

  private func quoted(_ number: JSONValue) -> String {
    let text = number.number ?? ""
    return text.utf8.count > Self.quotedMax ? text.prefix(Self.quotedMax) + "…" : text
  }

  /// By name, or by number, which need not have a name: enums of proto3 are open.
  func number(_ value: JSONValue, _ shape: EnumShape) throws(TranscodingError) -> Int32 {
    guard let name = value.string else {
      guard value.number != nil else { throw unexpected(value, "a name of \(shape.name)") }
      return try integer(value)
    }
    if let number = shape.number(name) { return number }
    let hint =
      nearestName(to: name, among: shape.valueNames).map { "did you mean \($0)?" }
      ?? "it has \(shape.valueNames.joined(separator: ", "))"
    throw problem("\(shape.name) has no \(name.prefix(Self.quotedMax)); \(hint)", value)
  }
}
