import Telemetry
import Testing

@Suite struct TraceRingsTests {
  private func trace(
    _ number: Int, _ reasons: TraceReasons, duration: UInt64 = 1
  ) -> Trace {
    SmallTrace.trace(
      duration, reasons: reasons, start: Int64(number), low: UInt64(number), requestID: "r\(number)"
    )
  }

  @Test func `a full ring gives its oldest away, and a flood of one class leaves the others`() {
    var rings = TraceRings(capacity: 3)
    rings.keep(trace(1, .slow))
    for number in 2...9 { rings.keep(trace(number, .failed)) }
    #expect(rings.list(.failed, .newest, limit: 10).map(\.requestID) == ["r9", "r8", "r7"])
    #expect(rings.list(.slow, .newest, limit: 10).map(\.requestID) == ["r1"])
    #expect(rings.count == 4)
  }

  @Test func `a trace is listed under each of its reasons, and kept once`() {
    var rings = TraceRings(capacity: 3)
    rings.keep(trace(1, [.slow, .degraded]))
    rings.keep(trace(2, []))
    #expect(rings.count == 1)
    for kind in [TraceClass.slow, .degraded] {
      #expect(rings.list(kind, .newest, limit: 1).count == 1)
    }
    #expect(rings.list(.asked, .newest, limit: 1).isEmpty)
  }

  @Test func `the slowest come first where that is asked for, and no more than the limit`() {
    var rings = TraceRings(capacity: 9)
    for (number, duration) in [(1, UInt64(5)), (2, 9), (3, 7)] {
      rings.keep(trace(number, .slow, duration: duration))
    }
    #expect(rings.list(nil, .slowest, limit: 2).map(\.requestID) == ["r2", "r3"])
    #expect(rings.list(nil, .slowest, limit: -1).isEmpty)
  }

  @Test func `a trace is found by its id and by the request's, the newest where there are two`() {
    var rings = TraceRings(capacity: 3)
    rings.keep(trace(1, .slow))
    rings.keep(
      SmallTrace.trace(5, reasons: .asked, start: 9, low: 77, requestID: "r1"))
    #expect(rings.find("r1")?.id.low == 77)
    #expect(rings.find(TraceID(high: 1, low: 1).description)?.requestID == "r1")
    #expect(rings.find("r2") == nil && rings.find("") == nil)
  }
}
