import Testing

@testable import Features

@Suite struct RequestInstantTests {
  @Test func `a window of w holds now minus w and not now`() {
    let instant = RequestInstant(milliseconds: 1_000)
    #expect(instant.start(of: .milliseconds(100)) == 899)
    #expect(instant.lastVisible == 999)
    #expect(instant.start(of: .all) == .min)
  }

  @Test func `the ends of the integers are taken for the ends of time`() {
    for milliseconds in [Int64.min, .max] {
      let instant = RequestInstant(milliseconds: milliseconds)
      #expect(abs(instant.milliseconds) == RequestInstant.magnitudeMax)
      #expect(instant.start(of: .milliseconds(TimeSpan.daysMax * 86_400_000)) < instant.lastVisible)
      #expect(!RequestInstant.isSane(milliseconds))
    }
    #expect(RequestInstant.isSane(RequestInstant.magnitudeMax))
  }
}
