import JSON
import TestSupport
import Testing

private func written(pretty: Bool = false, _ body: (inout JSONWriter) -> Void) -> String {
  var writer = JSONWriter(pretty: pretty)
  body(&writer)
  return writer.string
}

private func sample(_ writer: inout JSONWriter) {
  writer.object { writer in
    writer.member("name", "Mission")
    writer.key("scores")
    writer.array { writer in
      writer.value(1)
      writer.value(Int64.min)
      writer.value(UInt64.max)
      writer.null()
    }
    writer.key("empty")
    writer.object { _ in }
    writer.member("open", true)
    writer.key("raw")
    writer.raw("[0]".utf8)
    writer.member("count", UInt16(7))
    writer.member("ratio", 0.5)
  }
}

@Suite struct JSONWriterTests {
  @Test func `the compact form has no spaces`() {
    #expect(
      written(sample)
        == #"{"name":"Mission","scores":[1,-9223372036854775808,18446744073709551615,null],"#
        + #""empty":{},"open":true,"raw":[0],"count":7,"ratio":0.5}"#)
  }

  @Test func `the pretty form has a member a line`() {
    #expect(
      written(pretty: true, sample) == """
        {
          "name": "Mission",
          "scores": [
            1,
            -9223372036854775808,
            18446744073709551615,
            null
          ],
          "empty": {},
          "open": true,
          "raw": [0],
          "count": 7,
          "ratio": 0.5
        }
        """)
  }

  @Test func `values at the top are lines`() {
    let text = written { writer in
      writer.object { $0.member("a", 1) }
      writer.value("b")
    }
    #expect(text == "{\"a\":1}\n\"b\"")
  }

  @Test func `strings are escaped where JSON demands it`() {
    let text = written { $0.value("\"\\/\u{8}\u{C}\n\r\t\0\u{1F}\u{7F}é🎉") }
    #expect(text == #""\"\\/\b\f\n\r\t\u0000\u001f"# + "\u{7F}é🎉\"")
  }

  @Test(arguments: [
    (0, "0"), (-0.0, "-0"), (1, "1"), (0.1, "0.1"), (1e16, "1e+16"),
    (.leastNonzeroMagnitude, "5e-324"),
    (1.7976931348623157e308, "1.7976931348623157e+308"), (.infinity, "\"Infinity\""),
    (-.infinity, "\"-Infinity\""), (.nan, "\"NaN\""),
  ])
  func `doubles have the shortest digits`(value: Double, expected: String) {
    #expect(written { $0.value(value) } == expected)
  }

  @Test func `floats are not widened`() {
    #expect(written { $0.value(Float(0.1)) } == "0.1")
    #expect(written { $0.value(-Float.infinity) } == "\"-Infinity\"")
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func `any double reads back the same`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let value = Double(bitPattern: generator.next())
      guard value.isFinite else { continue }
      let read = try JSONValue(parsing: written { $0.value(value) }).double
      #expect(read?.bitPattern == value.bitPattern, "seed \(seed)")
    }
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `any value reads back the same`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let value = generator.jsonValue(depth: 6)
    for pretty in [false, true] {
      let text = written(pretty: pretty) { $0.value(value) }
      #expect(isSame(try JSONValue(parsing: text), value), "seed \(seed)")
    }
  }
}
