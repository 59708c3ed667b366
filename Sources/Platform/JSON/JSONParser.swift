/// One pass over the bytes of a JSON text (RFC 8259), without leniency: what two readers could
/// understand differently (duplicate names, broken UTF-8, lone surrogates) is refused.
struct JSONParser {
  let bytes: [UInt8]
  let limits: JSONLimits
  var offset = 0
  private var line = 1
  private var lineStart = 0
  /// Bytes of the present line that do not begin a scalar: positions count scalars, not bytes.
  var continuationBytes = 0
  private var valueCount = 0

  init(_ bytes: [UInt8], limits: JSONLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  var position: JSONPosition {
    JSONPosition(line: line, column: offset - lineStart - continuationBytes + 1)
  }

  /// The byte at the offset, nil at the end.
  var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  func error(_ message: String) -> JSONError { JSONError(position: position, message: message) }

  func unexpected(_ expected: String) -> JSONError {
    error("expected \(expected), found \(foundDescription)")
  }

  private var foundDescription: String {
    guard let byte = current else { return "the end of the text" }
    if (0x21...0x7E).contains(byte) { return "'\(Character(Unicode.Scalar(byte)))'" }
    let hex = String(byte, radix: 16, uppercase: true)
    return "byte 0x\(hex.count == 1 ? "0" : "")\(hex)"
  }

  mutating func parseText() throws(JSONError) -> JSONValue {
    guard bytes.count <= limits.bytesMax else {
      throw error("the text has \(bytes.count) bytes; the limit is \(limits.bytesMax)")
    }
    skipWhitespace()
    let value = try parseValue(depth: 1)
    skipWhitespace()
    guard offset == bytes.count else { throw unexpected("nothing more after the value") }
    return value
  }

  private mutating func parseValue(depth: Int) throws(JSONError) -> JSONValue {
    let start = position
    valueCount += 1
    guard valueCount <= limits.valuesMax else {
      throw error("more than \(limits.valuesMax) values")
    }
    let kind: JSONValue.Kind
    switch current {
    case UInt8(ascii: "{"): kind = .object(try parseObject(depth: depth))
    case UInt8(ascii: "["): kind = .array(try parseArray(depth: depth))
    case UInt8(ascii: "\""): kind = .string(try parseString())
    case _ where isDigit(current) || current == UInt8(ascii: "-"):
      kind = .number(try parseNumber())
    case UInt8(ascii: "t"): kind = try parseWord("true", .bool(true))
    case UInt8(ascii: "f"): kind = try parseWord("false", .bool(false))
    case UInt8(ascii: "n"): kind = try parseWord("null", .null)
    default: throw unexpected("a value")
    }
    return JSONValue(kind, position: start)
  }

  private mutating func parseWord(
    _ word: StaticString, _ kind: JSONValue.Kind
  ) throws(JSONError) -> JSONValue.Kind {
    let end = offset + word.utf8CodeUnitCount
    let expected = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard end <= bytes.count, bytes[offset..<end].elementsEqual(expected) else {
      throw error("expected a value; did you mean \(word)?")
    }
    offset = end
    return kind
  }

  private mutating func parseArray(depth: Int) throws(JSONError) -> [JSONValue] {
    try enter(depth: depth)
    var values: [JSONValue] = []
    if take(UInt8(ascii: "]")) { return values }
    while true {
      values.append(try parseValue(depth: depth + 1))
      skipWhitespace()
      if take(UInt8(ascii: "]")) { return values }
      guard take(UInt8(ascii: ",")) else { throw unexpected("',' or ']' after a value") }
      skipWhitespace()
    }
  }

  private mutating func parseObject(depth: Int) throws(JSONError) -> [JSONMember] {
    try enter(depth: depth)
    var members = UniqueMembers()
    if take(UInt8(ascii: "}")) { return members.all }
    while true {
      let start = position
      guard current == UInt8(ascii: "\"") else { throw unexpected("a name in double quotes") }
      let name = try parseString()
      if let first = members.first(named: name) {
        throw JSONError(
          position: start, message: "the name \"\(name)\" stands twice, first at \(first.position)")
      }
      skipWhitespace()
      guard take(UInt8(ascii: ":")) else { throw unexpected("':' after a name") }
      skipWhitespace()
      members.append(JSONMember(name, try parseValue(depth: depth + 1), position: start))
      skipWhitespace()
      if take(UInt8(ascii: "}")) { return members.all }
      guard take(UInt8(ascii: ",")) else { throw unexpected("',' or '}' after a value") }
      skipWhitespace()
    }
  }

  private mutating func enter(depth: Int) throws(JSONError) {
    guard depth <= limits.depthMax else {
      throw error("nested deeper than \(limits.depthMax) levels")
    }
    offset += 1
    skipWhitespace()
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    offset += 1
    return true
  }

  private mutating func skipWhitespace() {
    while let byte = current {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): offset += 1
      case UInt8(ascii: "\n"):
        offset += 1
        line += 1
        lineStart = offset
        continuationBytes = 0
      default: return
      }
    }
  }
}

extension JSONValue {
  /// Reads exactly one value. Time and memory are linear in the bytes, stack in `limits.depthMax`.
  package init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
    var parser = JSONParser(bytes, limits: limits)
    self = try parser.parseText()
  }

  package init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
    try self.init(parsing: Array(text.utf8), limits: limits)
  }
}
