import Testing

@testable import Features

@Suite struct TimeSpanTests {
  @Test(
    arguments: [
      ("90s", 90_000), ("30m", 1_800_000), ("24h", 86_400_000), ("1d", 86_400_000),
      ("36500d", 3_153_600_000_000),
    ] as [(String, Int64)])
  func `a number and a unit are a span`(text: String, milliseconds: Int64) {
    #expect(TimeSpan(text) == .milliseconds(milliseconds))
  }

  @Test func `all reaches back to the first event`() {
    #expect(TimeSpan("all") == .all)
  }

  @Test(arguments: [
    "", "d", "7", "0d", "-1d", "+1d", "1.5h", "7 d", "7D", "1w", "36501d", "ALL", "٣d", "7é",
    "9223372036854775807d", "99999999999999999999s",
  ])
  func `anything else is no span`(text: String) {
    #expect(TimeSpan(text) == nil)
  }
}
