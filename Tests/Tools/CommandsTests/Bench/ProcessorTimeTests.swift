import Glibc
import Testing

@testable import Commands

struct ProcessorTimeTests {
  @Test func `a process that works takes time`() throws {
    let before = try #require(ProcessorTime.nanoseconds(of: getpid()))
    var sum: UInt64 = 0
    var after = before
    // Until the clock moves, however coarse it is.
    while after == before {
      for number in 0..<100_000 as Range<UInt64> { sum = sum &* 31 &+ number }
      after = try #require(ProcessorTime.nanoseconds(of: getpid()))
    }
    #expect(after > before, "\(sum)")
  }

  @Test func `a process that is not there has none`() {
    // The kernel's ids end before it.
    #expect(ProcessorTime.nanoseconds(of: 1 << 22) == nil)
  }
}
