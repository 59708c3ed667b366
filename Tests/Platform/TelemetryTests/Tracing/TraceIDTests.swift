import Telemetry
import Testing

@Suite struct TraceIDTests {
  @Test func `an id is written in 32 lower-case digits and read back`() {
    let id = TraceID(high: 0x4bf9_2f35_77b3_4da6, low: 0x3ce9_29d0_e0e4_736)
    #expect(id.description == "4bf92f3577b34da603ce929d0e0e4736")
    #expect(TraceID(id.description) == id)
    #expect(SpanID.text(0xab) == "00000000000000ab" && SpanID.parse("00000000000000ab") == 0xab)
  }

  @Test(arguments: [
    "", "1", "4bf92f3577b34da603ce929d0e0e473", "4bf92f3577b34da603ce929d0e0e47366",
    "4BF92F3577B34DA603CE929D0E0E4736", "4bf92f3577b34da6 3ce929d0e0e4736",
    "00000000000000000000000000000000", "4bf92f3577b34da603ce929d0e0e473é",
  ])
  func `anything else is none`(text: String) {
    #expect(TraceID(text) == nil)
  }

  @Test func `spans' ids are told apart by parent, child and time, and are never zero`() {
    let trace = TraceID(high: 1, low: 2)
    var ids: Set<UInt64> = []
    for parent in UInt64(0)..<50 {
      for child in UInt64(0)..<50 { ids.insert(SpanID.child(of: parent, child)) }
      ids.insert(
        SpanID.server(of: trace, parent: parent, received: Instant(nanoseconds: 5)))
    }
    #expect(ids.count == 50 * 51 && !ids.contains(0))
    let again = SpanID.server(of: trace, parent: 0, received: Instant(nanoseconds: 5))
    #expect(ids.contains(again))
    #expect(SpanID.server(of: trace, parent: 0, received: Instant(nanoseconds: 6)) != again)
  }
}
