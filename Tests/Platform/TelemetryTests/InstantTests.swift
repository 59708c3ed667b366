import Telemetry
import Testing

@Suite struct InstantTests {
  @Test func `the clock does not go back`() {
    let earlier = Instant.now()
    let later = Instant.now()
    #expect(later >= earlier)
    #expect(later.nanoseconds(since: earlier) >= 0)
    #expect(earlier.nanoseconds > 0)
  }

  @Test func `sums stop at the ends instead of overflowing`() {
    let instant = Instant(nanoseconds: 1000)
    #expect(instant.adding(nanoseconds: 5).nanoseconds == 1005)
    #expect(instant.adding(nanoseconds: .max) == .distantFuture)
    #expect(instant.adding(microseconds: 2).nanoseconds == 3000)
    #expect(instant.adding(microseconds: .max) == .distantFuture)
    #expect(instant.adding(milliseconds: .max) == .distantFuture)
    #expect(Instant(nanoseconds: -1).adding(milliseconds: -.max).nanoseconds == .min)
    #expect(instant.adding(milliseconds: 1).nanoseconds == 1_001_000)
  }

  @Test func `microseconds between instants are never negative`() {
    let a = Instant(nanoseconds: 1_000)
    let b = Instant(nanoseconds: 4_999)
    #expect(b.microseconds(since: a) == 3)
    #expect(a.microseconds(since: b) == 0)
    #expect(a.nanoseconds(since: b) == -3_999)
  }

  @Test func `the wall clock counts milliseconds since 1970`() {
    #expect((1_700_000_000_000...4_000_000_000_000).contains(wallClockMilliseconds()))
  }
}
