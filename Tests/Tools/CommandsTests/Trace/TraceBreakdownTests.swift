import Telemetry
import Testing

@testable import Commands

@Suite struct TraceBreakdownTests {
  private typealias Share = TraceBreakdown.Share

  @Test func `a request's time is told by hop, replica and part, the longest first`() {
    let shares = TraceBreakdown(SampleTrace.slow).shares
    #expect(shares.first?.described == "Inference/Score, handler of inference-2")
    #expect(shares.first?.microseconds == 86_000)
    #expect(
      shares.contains(
        Share(hop: "Inference/Score", replica: "inference-2", part: .wire, microseconds: 1_000)))
    #expect(
      shares.contains(
        Share(hop: "Inference/Score", replica: "inference-2", part: .queue, microseconds: 1_000)))
    // Before the first hop, between the two, and after the last.
    #expect(
      shares.contains(
        Share(hop: "gateway", replica: "gateway-1", part: .own, microseconds: 1_000)))
    #expect(shares.reduce(0) { $0 + $1.microseconds } == 90_000)
  }

  @Test func `an attempt that was waited for in vain is told as such`() {
    var trace = SampleTrace.trace(1_000, [])
    var call = SampleTrace.span(10, 1, "Features/Get", .client, "gateway-1", 0, 1_000)
    call.add("brigade.replica", "features-2")
    trace.append(call)
    var lost = SampleTrace.span(11, 10, "Features/Get", .client, "gateway-1", 0, 400)
    lost.add("brigade.replica", "features-1")
    lost.fail("UNAVAILABLE")
    trace.append(lost)
    var won = SampleTrace.span(12, 10, "Features/Get", .client, "gateway-1", 450, 1_000)
    won.add("brigade.replica", "features-2")
    trace.append(won)
    let shares = TraceBreakdown(trace).shares
    #expect(
      shares.map(\.described) == [
        "Features/Get, wire to features-2", "Features/Get, in vain for features-1",
        "Features/Get, between attempts",
      ])
    // In the pause nobody was asked, and nobody is to blame.
    #expect(
      shares.last == Share(hop: "Features/Get", replica: "", part: .pause, microseconds: 50))
  }

  @Test func `a call that nobody answered is never the gateway's own`() {
    var trace = SampleTrace.trace(1_000, [])
    var call = SampleTrace.span(10, 1, "Retrieval/Search", .client, "gateway-1", 0, 900)
    call.fail("no replica of retrieval is connected")
    trace.append(call)
    let told = TraceBreakdown(trace).shares
    #expect(told.first?.replica == "" && told.first?.described == "Retrieval/Search, in vain")
    #expect(!told.contains { $0.part != .own && $0.replica == "gateway-1" })
    // Of an attempt it is known who was asked.
    var asked = SampleTrace.span(11, 10, "Retrieval/Search", .client, "gateway-1", 0, 900)
    asked.add("brigade.replica", "retrieval-1")
    asked.fail("DEADLINE_EXCEEDED")
    trace.append(asked)
    #expect(
      TraceBreakdown(trace).shares.first?.described
        == "Retrieval/Search, in vain for retrieval-1")
  }

  @Test func `rules have a name of their own`() {
    var trace = SampleTrace.trace(100, [])
    trace.append(
      Span(
        id: 5, parent: 1, name: "rules", kind: .internal, service: "s", instance: "gateway-1",
        startMicroseconds: 40, durationMicroseconds: 60))
    #expect(TraceBreakdown(trace).shares.map(\.described) == ["rules", "the gateway itself"])
  }

  @Test func `parents that make a circle are no hop for ever`() {
    var trace = SampleTrace.trace(100, [])
    trace.append(SampleTrace.span(5, 6, "a", .client, "x", 0, 50))
    trace.append(SampleTrace.span(6, 5, "b", .client, "x", 0, 50))
    trace.append(SampleTrace.span(1, 1, "c", .client, "x", 0, 50))
    #expect(TraceBreakdown(trace).shares.reduce(0) { $0 + $1.microseconds } == 100)
  }
}
