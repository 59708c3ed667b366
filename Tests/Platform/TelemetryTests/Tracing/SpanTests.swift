import Telemetry
import Testing

@Suite struct SpanTests {
  @Test func `attributes are found by their name and kind`() {
    var span = SmallTrace.span(1, of: 0, "a", 5, 7)
    span.add("text", "x")
    span.add("count", 3)
    span.add("flag", .flag(true))
    #expect(span.text("text") == "x" && span.integer("count") == 3 && span["flag"] == .flag(true))
    #expect(span.text("count").isEmpty && span.integer("text") == 0 && span["none"] == nil)
    #expect(span.endMicroseconds == 7)
  }

  @Test func `long text is cut at a whole letter, and attributes over the limit are left out`() {
    var span = SmallTrace.span(1, of: 0, "a", 0, 1)
    span.add("long", String(repeating: "é", count: Span.textBytesMax))
    span.fail(String(repeating: "x", count: 10_000))
    #expect(span.text("long") == String(repeating: "é", count: Span.textBytesMax / 2) + "…")
    #expect(span.failure?.utf8.count == Span.textBytesMax + 3)
    for index in 0..<100 { span.add("a\(index)", 1) }
    #expect(span.attributes.count == Span.attributesMax)
  }

  @Test func `a span of a strange length ends at the last time there is`() {
    let span = Span(
      id: 1, parent: 0, name: "a", kind: .server, service: "s", startMicroseconds: 5,
      durationMicroseconds: .max)
    #expect(span.endMicroseconds == .max)
  }

  @Test func `a trace takes no more spans than it may have, and tells children by their start`() {
    var trace = SmallTrace.trace(100, [("b", 50, 60), ("a", 10, 20)])
    #expect(trace.children(of: 1) == [2, 1])
    #expect(trace.children(of: 9).isEmpty)
    for _ in 0..<200 { trace.append(SmallTrace.span(7, of: 1, "c", 0, 1)) }
    #expect(trace.spans.count == Trace.spansMax)
  }

  @Test func `a trace of several reasons is kept among the first`() {
    #expect(TraceReasons([.slow, .degraded]).first == .degraded)
    #expect(TraceReasons([.sampled, .asked]).classes == [.asked, .sampled])
    #expect(TraceReasons().first == nil)
    for kind in TraceClass.allCases { #expect(TraceReasons(kind).classes == [kind]) }
  }
}
