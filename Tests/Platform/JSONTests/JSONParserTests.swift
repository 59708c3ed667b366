import JSON
import TestSupport
import Testing

private func message(_ text: String, limits: JSONLimits = JSONLimits()) -> String? {
  message(Array(text.utf8), limits: limits)
}

private func message(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) -> String? {
  do throws(JSONError) {
    _ = try JSONValue(parsing: bytes, limits: limits)
    return nil
  } catch {
    return error.description
  }
}

@Suite struct JSONParserTests {
  @Test func `every kind of value is read`() throws {
    let text = #" {"a": [null, true, false, -1.5e+3, "x"], "b": {}, "": [] } "#
    let value = try JSONValue(parsing: text)
    let list = try #require(value["a"]?.array)
    #expect(list.count == 5)
    #expect(list[0].isNull)
    #expect(list[1].bool == true)
    #expect(list[2].bool == false)
    #expect(list[3].number == "-1.5e+3")
    #expect(list[4].string == "x")
    #expect(value["b"]?.object?.isEmpty == true)
    #expect(value[""]?.array?.isEmpty == true)
    #expect(value["c"] == nil)
  }

  @Test func `members keep their order`() throws {
    let members = try #require(try JSONValue(parsing: #"{"z":1,"a":2,"m":3}"#).object)
    #expect(members.map(\.name) == ["z", "a", "m"])
  }

  @Test func `positions count lines and scalars from one`() throws {
    let value = try JSONValue(parsing: "{\n  \"é🎉\": 1, \"b\":\n\t[7,\r\n 8]\n}")
    let members = try #require(value.object)
    #expect(value.position.description == "1:1")
    #expect(members[0].position.description == "2:3")
    #expect(members[0].value.position.description == "2:9")
    #expect(members[1].position.description == "2:12")
    #expect(members[1].value.position.description == "3:2")
    #expect(members[1].value.array?[1].position.description == "4:2")
  }

  @Test(arguments: [
    (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
    (#""a\u00e9b""#, "aéb"), (#""\uD83C\uDF89\ud83c\udf89""#, "🎉🎉"), (#""\u0000""#, "\0"),
    (#""é\n🎉""#, "é\n🎉"), (#""""#, ""), ("\"\u{7F}\u{10FFFF}\"", "\u{7F}\u{10FFFF}"),
  ])
  func `escapes stand for their scalars`(text: String, expected: String) throws {
    let string = try #require(try JSONValue(parsing: text).string)
    #expect(Array(string.unicodeScalars) == Array(expected.unicodeScalars))
  }

  @Test(arguments: ["0", "-0", "0.0", "10", "1e5", "1E-5", "1.25e+10", "-9223372036854775808"])
  func `numbers of the grammar are kept as written`(text: String) throws {
    #expect(try JSONValue(parsing: text).number == text)
  }

  @Test(arguments: [
    ("01", "1:2: a number has no leading zeros"),
    ("-", "1:2: expected a digit, found the end of the text"),
    ("+1", "1:1: expected a value, found '+'"),
    (".5", "1:1: expected a value, found '.'"),
    ("1.", "1:3: expected a digit, found the end of the text"),
    ("1.e5", "1:3: expected a digit, found 'e'"),
    ("1e", "1:3: expected a digit, found the end of the text"),
    ("1e+-5", "1:4: expected a digit, found '-'"),
    ("0x10", "1:2: expected nothing more after the value, found 'x'"),
    ("NaN", "1:1: expected a value, found 'N'"),
  ])
  func `numbers outside the grammar are refused`(text: String, expected: String) {
    #expect(message(text) == expected)
  }

  @Test(arguments: [
    ("", "1:1: expected a value, found the end of the text"),
    (" \n ", "2:2: expected a value, found the end of the text"),
    ("nul", "1:1: expected a value; did you mean null?"),
    ("tRue", "1:1: expected a value; did you mean true?"),
    ("[1,]", "1:4: expected a value, found ']'"),
    ("[1 2]", "1:4: expected ',' or ']' after a value, found '2'"),
    ("[1", "1:3: expected ',' or ']' after a value, found the end of the text"),
    ("{1:2}", "1:2: expected a name in double quotes, found '1'"),
    (#"{"a" 1}"#, "1:6: expected ':' after a name, found '1'"),
    (#"{"a":1,}"#, "1:8: expected a name in double quotes, found '}'"),
    (#"{"a":1]"#, "1:7: expected ',' or '}' after a value, found ']'"),
    ("{} {}", "1:4: expected nothing more after the value, found '{'"),
    ("// x\n1", "1:1: expected a value, found '/'"),
    ("\u{FEFF}1", "1:1: expected a value, found byte 0xEF"),
    ("'a'", "1:1: expected a value, found '''"),
  ])
  func `broken structure is refused with its place`(text: String, expected: String) {
    #expect(message(text) == expected)
  }

  @Test(arguments: [
    (#""ab"#, "1:4: a string is not closed"),
    (#""\x""#, "1:3: expected one of \" \\ / b f n r t u after a backslash, found 'x'"),
    (#""\u12G4""#, "1:6: expected four hexadecimal digits, found 'G'"),
    ("\"a\nb\"", "1:3: expected a control character to be written as an escape, found byte 0x0A"),
    (#""\uD800""#, "1:4: a surrogate without its other half"),
    (#""\uDC00\uD800""#, "1:4: a surrogate without its other half"),
    (#""\uD800\n""#, "1:4: a surrogate without its other half"),
    (#""\uD800\uD800""#, "1:4: a surrogate without its other half"),
  ])
  func `broken strings are refused with their place`(text: String, expected: String) {
    #expect(message(text) == expected)
  }

  @Test(arguments: [
    [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE2, 0x82],
    [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80],
    [0xF5, 0x80, 0x80, 0x80],
    [0xF0, 0x9F, 0x8E], [0xFF],
  ])
  func `invalid UTF-8 is refused`(bytes: [UInt8]) {
    let quote = UInt8(ascii: "\"")
    #expect(message([quote] + bytes + [quote]) == "1:2: a string is not valid UTF-8")
    #expect(message([quote] + bytes) == "1:2: a string is not valid UTF-8")
  }

  @Test func `a name that stands twice is refused`() {
    #expect(
      message("{\"a\":1,\n\"\\u0061\":2}") == "2:1: the name \"a\" stands twice, first at 1:2")
    let names = (0..<40).map { "\"k\($0)\":0" }.joined(separator: ",")
    #expect(message("{\(names)}") == nil)
    for repeated in [0, 15, 16, 17, 39] {
      let error = message("{\(names),\"k\(repeated)\":0}")
      #expect(error?.contains("the name \"k\(repeated)\" stands twice") == true)
    }
  }

  @Test func `two spellings of a letter are two names`() {
    #expect(message("{\"\u{E9}\":1,\"e\u{301}\":2}") == nil)
  }

  @Test func `nesting deeper than the limit is refused`() {
    let limits = JSONLimits(depthMax: 3)
    #expect(message("[[[1]]]", limits: limits) == nil)
    #expect(message("[[[[1]]]]", limits: limits) == "1:4: nested deeper than 3 levels")
    #expect(
      message(#"{"a":{"a":{"a":{}}}}"#, limits: limits) == "1:16: nested deeper than 3 levels")
    let deep = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
    #expect(message(deep) == "1:65: nested deeper than 64 levels")
  }

  @Test func `the deepest permitted nesting is read`() {
    let depth = JSONLimits.depthMaxCeiling
    let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    #expect(message(text, limits: JSONLimits(depthMax: depth)) == nil)
  }

  @Test func `longer texts and more values than the limits are refused`() {
    #expect(message("[1, 2]", limits: JSONLimits(bytesMax: 6)) == nil)
    #expect(
      message("[1, 2]", limits: JSONLimits(bytesMax: 5))
        == "1:1: the text has 6 bytes; the limit is 5")
    #expect(message("[1, 2]", limits: JSONLimits(valuesMax: 3)) == nil)
    #expect(message("[1, 2]", limits: JSONLimits(valuesMax: 2)) == "1:5: more than 2 values")
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `damaged texts are read or refused at a place inside them`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var writer = JSONWriter(pretty: seed.isMultiple(of: 2))
    writer.array { writer in
      for _ in 0..<10 { writer.value(generator.jsonValue(depth: 4)) }
    }
    let original = writer.bytes
    var refused = 0
    for _ in 0..<200 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes[index] = #"[]{}",:\u0eE+-. "#.utf8.randomElement(using: &generator)!
        case 2: bytes.removeSubrange(index..<min(index + 3, bytes.count))
        default: bytes = Array(bytes[..<index]) + bytes
        }
        if bytes.isEmpty { bytes = [0] }
      }
      do throws(JSONError) {
        let value = try JSONValue(parsing: bytes)
        var again = JSONWriter()
        again.value(value)
        #expect((try? JSONValue(parsing: again.bytes)).map { isSame($0, value) } == true)
      } catch {
        refused += 1
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let isInside =
          (1...lines.count).contains(error.position.line)
          && (1...(lines[error.position.line - 1].count + 1)).contains(error.position.column)
        #expect(isInside, "seed \(seed): \(error)")
      }
    }
    #expect(refused > 100, "seed \(seed)")
  }
}
