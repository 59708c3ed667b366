import Testing

@testable import Commands

struct LagSummaryTests {
  @Test func `a quantile is a value that was measured`() {
    var lag = LagSummary()
    for value in (1...100).reversed() { lag.add(microseconds: UInt64(value)) }
    #expect(lag.quantile(0.5) == 50)
    #expect(lag.quantile(0.99) == 99)
    #expect(lag.quantile(1) == 100)
    #expect(lag.quantile(0) == 1)
  }

  @Test func `without measurements there is none`() { #expect(LagSummary().quantile(0.5) == nil) }
}
