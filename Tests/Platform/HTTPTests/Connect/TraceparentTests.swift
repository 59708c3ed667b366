import RPC
import Testing

@testable import HTTP

@Suite struct TraceparentTests {
  private static let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

  @Test func `the recommendation's example is read and written`() throws {
    let trace = try #require(TraceContext(traceparent: Self.valid))
    #expect(trace.traceHigh == 0x4bf9_2f35_77b3_4da6 && trace.traceLow == 0xa3ce_929d_0e0e_4736)
    #expect(trace.parentSpan == 0x00f0_67aa_0ba9_02b7 && trace.flags == 1)
    #expect(trace.traceparent(span: 0x00f0_67aa_0ba9_02b7) == Self.valid)
    #expect(TraceContext(traceparent: "01" + Self.valid.dropFirst(2) + "-more") == trace)
  }

  @Test(arguments: [
    "", "00", valid + "-x", valid + "0", String(valid.dropLast()), valid.uppercased(),
    "ff" + valid.dropFirst(2), "01" + valid.dropFirst(2) + "x", "0g" + valid.dropFirst(2),
    "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
    "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0é",
  ])
  func `anything else is no trace`(text: String) {
    #expect(TraceContext(traceparent: text) == nil)
  }
}
