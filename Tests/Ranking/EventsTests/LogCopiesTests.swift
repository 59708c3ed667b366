import Telemetry
import Testing

@testable import Events

struct LogCopiesTests {
  private let start = Instant(nanoseconds: 0)

  @Test func `copies are the followers that have reached the position`() {
    var copies = LogCopies()
    copies.acknowledge("a", position: 5, now: start)
    copies.acknowledge("b", position: 3, now: start)
    #expect([3, 4, 5, 6].map { copies.count(of: $0) } == [2, 1, 1, 0])
    copies.acknowledge("b", position: 6, now: start)
    #expect(copies.count(of: 6) == 1)
  }

  @Test func `a follower is waited for as long as it has polled lately`() {
    var copies = LogCopies()
    #expect(!copies.isAnyoneFollowing(start))
    copies.acknowledge("a", position: 5, now: start)
    #expect(copies.isAnyoneFollowing(start.adding(milliseconds: 1_999)))
    #expect(!copies.isAnyoneFollowing(start.adding(milliseconds: 2_000)))
  }

  @Test func `the longest silent follower makes room for one too many`() {
    var copies = LogCopies()
    for index in 0...LogCopies.followersMax {
      copies.acknowledge("\(index)", position: 1, now: start.adding(milliseconds: Int64(index)))
    }
    #expect(copies.count(of: 1) == LogCopies.followersMax)
    copies.acknowledge("1", position: 2, now: start)
    #expect(copies.count(of: 1) == LogCopies.followersMax)
  }
}
