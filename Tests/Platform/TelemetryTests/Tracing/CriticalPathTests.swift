import TestSupport
import Testing

@testable import Telemetry

@Suite struct CriticalPathTests {
  private func told(_ trace: Trace) -> String {
    CriticalPath(trace).pieces.map {
      "\(trace.spans[$0.span].name) \($0.startMicroseconds)-\($0.endMicroseconds)"
    }.joined(separator: ", ")
  }

  @Test func `hops one after the other are all on it, and what is between is the request's`() {
    let trace = SmallTrace.trace(100, [("a", 10, 40), ("b", 50, 90)])
    #expect(told(trace) == "request 0-10, a 10-40, request 40-50, b 50-90, request 90-100")
  }

  @Test func `what ran beside a longer hop is not on it`() {
    let trace = SmallTrace.trace(100, [("user", 0, 30), ("search", 1, 80), ("score", 82, 100)])
    #expect(told(trace) == "request 0-1, search 1-80, request 80-82, score 82-100")
  }

  @Test func `a hop's time goes down to the server in it`() {
    var trace = SmallTrace.trace(100, [("a", 0, 100)])
    trace.append(SmallTrace.span(9, of: 2, "server", 20, 70, .server))
    #expect(told(trace) == "a 0-20, server 20-70, a 70-100")
    #expect(CriticalPath(trace).ownMicroseconds(of: 1) == 50)
    #expect(CriticalPath(trace).ownMicroseconds(of: 0) == 0)
  }

  @Test func `a retry's first attempt was waited for`() {
    var trace = SmallTrace.trace(100, [("a", 0, 100)])
    trace.append(SmallTrace.span(9, of: 2, "first", 0, 60))
    trace.append(SmallTrace.span(10, of: 2, "second", 60, 100))
    #expect(told(trace) == "first 0-60, second 60-100")
  }

  @Test func `of a hedged call the loser was waited for until the winner began`() {
    var trace = SmallTrace.trace(100, [("a", 0, 100)])
    // It is told that it lost a moment after the other's answer.
    var loser = SmallTrace.span(9, of: 2, "loser", 0, 99)
    loser.isLost = true
    trace.append(loser)
    trace.append(SmallTrace.span(10, of: 2, "winner", 30, 98))
    #expect(told(trace) == "loser 0-30, winner 30-98, a 98-100")
  }

  @Test func `a hedge that lost is not on it`() {
    var trace = SmallTrace.trace(100, [("a", 0, 100)])
    var loser = SmallTrace.span(9, of: 2, "loser", 30, 100)
    loser.isLost = true
    trace.append(loser)
    trace.append(SmallTrace.span(10, of: 2, "winner", 0, 100))
    #expect(told(trace) == "winner 0-100")
  }

  @Test(arguments: 1...200 as ClosedRange<UInt64>)
  func `whatever the spans are, the pieces lie end to end from start to end`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var trace = SmallTrace.trace(1_000)
    for id in UInt64(2)...20 {
      let start = UInt64.random(in: 0...1_200, using: &random)
      // Parents that come later, that are the span itself, and that are nobody.
      var span = SmallTrace.span(
        id, of: .random(in: 0...22, using: &random), "s\(id)", start,
        start + .random(in: 0...900, using: &random))
      span.isLost = random.chance(4)
      trace.append(span)
    }
    let pieces = CriticalPath(trace).pieces
    #expect(pieces.first?.startMicroseconds == 0 && pieces.last?.endMicroseconds == 1_000)
    for (one, next) in zip(pieces, pieces.dropFirst()) {
      #expect(one.endMicroseconds == next.startMicroseconds, "seed \(seed)")
    }
    let sum = trace.spans.indices.reduce(0) { $0 + CriticalPath(trace).ownMicroseconds(of: $1) }
    #expect(sum == 1_000, "seed \(seed)")
  }

  @Test func `a request of no time has no path`() {
    #expect(CriticalPath(SmallTrace.trace(0, [("a", 0, 0)])).pieces.isEmpty)
  }
}
