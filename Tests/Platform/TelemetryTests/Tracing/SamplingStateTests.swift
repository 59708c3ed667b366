import Testing

@testable import Telemetry

@Suite struct SamplingStateTests {
  /// The specification's own examples.
  @Test(arguments: [
    (UInt64(0), "0"), (0xC0_0000_0000_0000, "c"), (0xFD_70A4_0000_0000, "fd70a4"),
    (0x00_0001_0000_0000, "000001"), (0xFF_FFFF_FFFF_FFFF, "ffffffffffffff"),
  ])
  func `a threshold has 14 digits, without zeros at its end`(threshold: UInt64, text: String) {
    #expect(SamplingState.text(threshold) == text)
    #expect(SamplingState("").text(threshold: threshold) == "ot=th:\(text)")
  }

  @Test func `the threshold takes the place of the one before, and what others say stays`() {
    let state = SamplingState("vendor=7,ot=th:8;rv:6e6d1a75832a2f;p:1,x=ot=th")
    #expect(
      state.text(threshold: 0xC0_0000_0000_0000)
        == "ot=th:c;rv:6e6d1a75832a2f;p:1,vendor=7,x=ot=th")
    // What was not kept by chance stands for itself only.
    #expect(state.text(threshold: nil) == "ot=rv:6e6d1a75832a2f;p:1,vendor=7,x=ot=th")
    #expect(SamplingState("vendor=7,ot=th:8").text(threshold: nil) == "vendor=7")
    #expect(SamplingState("vendor=7").text(threshold: nil) == "vendor=7")
    #expect(SamplingState("").text(threshold: nil) == "")
  }

  @Test func `the caller's chance is taken where it is one`() {
    #expect(SamplingState("ot=rv:6e6d1a75832a2f").randomness?.value == 0x6E_6D1A_7583_2A2F)
    for none in ["", "ot=rv:", "ot=rv:6e6d1a75832a2", "ot=rv:6E6d1a75832a2f", "rv=6e6d1a75832a2f"] {
      #expect(SamplingState(none).randomness == nil, "\(none)")
    }
  }

  @Test func `what would be too long is left out`() {
    let long = "a=" + String(repeating: "x", count: 500)
    #expect(SamplingState(long).text(threshold: 0x12_3456_789A_BCDE) == long)
    let parts = "ot=rv:6e6d1a75832a2f;" + String(repeating: "y", count: 240)
    #expect(SamplingState(parts).text(threshold: 0x12_3456_789A_BCDE) == "")
  }
}
