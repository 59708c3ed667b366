internal import RPC
internal import Telemetry
import Testing

struct HedgingTests {
  private let now = Instant(nanoseconds: 9_000_000_000)

  private func learned(
    _ settings: Hedging.Settings = Hedging.Settings(), milliseconds: Int64 = 10
  ) -> Hedging {
    var hedging = Hedging(settings)
    for _ in 0..<200 { hedging.record("a", nanoseconds: milliseconds * 1_000_000, now) }
    return hedging
  }

  @Test func `the delay is known after a hundred answers, of that method alone`() {
    var hedging = Hedging()
    for _ in 0..<90 { hedging.record("a", nanoseconds: 10_000_000, now) }
    #expect(hedging.began("a") == nil)
    for _ in 0..<60 { hedging.record("a", nanoseconds: 10_000_000, now) }
    let delay = hedging.began("a") ?? 0
    #expect((10_000_000...11_300_000).contains(delay), "\(delay)")
    #expect(hedging.began("b") == nil)
  }

  @Test func `the delay is no shorter than timers can tell`() {
    var hedging = Hedging()
    for _ in 0..<200 { hedging.record("a", nanoseconds: 20_000, now) }
    #expect(hedging.began("a") == 1_000_000)
  }

  @Test func `at most a twentieth of the calls has a second copy`() {
    var hedging = learned()
    var hedges = 0
    for _ in 0..<10_000 {
      _ = hedging.began("a")
      if hedging.withdraw() { hedges += 1 }
    }
    #expect(hedges == 500)
  }

  @Test func `what is saved up has a limit`() {
    var hedging = learned()
    for _ in 0..<100_000 { _ = hedging.began("a") }
    var hedges = 0
    while hedging.withdraw() { hedges += 1 }
    #expect(hedges == Int(Hedging.balanceMax))
  }

  @Test func `turned off, no call has a delay`() {
    var settings = Hedging.Settings()
    settings.sharePermille = 0
    var hedging = learned(settings)
    #expect(hedging.began("a") == nil)
    #expect(hedging.withdraw() == false)
  }

  @Test func `methods beyond the limit are not hedged`() {
    var hedging = Hedging()
    for method in 0...Hedging.methodsMax {
      for _ in 0..<150 { hedging.record("\(method)", nanoseconds: 5_000_000, now) }
    }
    #expect(hedging.began("0") != nil)
    #expect(hedging.began("\(Hedging.methodsMax)") == nil)
  }
}
