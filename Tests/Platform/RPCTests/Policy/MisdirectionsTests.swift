import Telemetry
import Testing

@testable internal import RPC

struct MisdirectionsTests {
  private let now = Instant(nanoseconds: 1_000_000_000_000)

  @Test func `a replica is passed over for one method and for a while`() {
    var misdirections = Misdirections()
    #expect(misdirections.isEmpty)
    misdirections.add("append", 1, now)
    #expect(misdirections.contains("append", 1, now))
    #expect(!misdirections.contains("append", 2, now) && !misdirections.contains("get", 1, now))
    #expect(!misdirections.contains("append", 1, now.adding(milliseconds: 2_000)))
    misdirections.remove(1)
    #expect(misdirections.isEmpty)
  }

  @Test func `no more than a number are remembered`() {
    var misdirections = Misdirections()
    for id in 0..<100 { misdirections.add("append", id, now) }
    #expect((0..<100).count { misdirections.contains("append", $0, now) } == Misdirections.max)
    #expect(misdirections.contains("append", 99, now))
  }
}
