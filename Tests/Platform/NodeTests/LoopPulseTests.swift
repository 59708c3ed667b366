import Testing

@testable import Node

@Suite struct LoopPulseTests {
  @Test func `a loop that turns when asked is never late`() {
    var pulse = LoopPulse()
    for round in 0..<100 as Range<Int64> {
      pulse.ask(unixMilliseconds: round)
      #expect(pulse.isAsked && pulse.askedUnixMilliseconds == round)
      pulse.turned()
      pulse.passed(nanoseconds: 1_000)
      #expect(pulse.awaitedNanoseconds == 0 && !pulse.isAsked)
    }
  }

  @Test func `one that does not is as late as time passes, from when it was asked`() {
    var pulse = LoopPulse()
    pulse.passed(nanoseconds: 500)
    #expect(pulse.awaitedNanoseconds == 0)
    pulse.ask(unixMilliseconds: 7)
    for _ in 0..<3 { pulse.passed(nanoseconds: 1_000) }
    #expect(pulse.awaitedNanoseconds == 3_000 && pulse.askedUnixMilliseconds == 7)
    pulse.passed(nanoseconds: -5_000)
    #expect(pulse.awaitedNanoseconds == 3_000)
    pulse.turned()
    #expect(pulse == LoopPulse())
  }
}
