import Events
import Testing

struct LogLeadershipTests {
  @Test func `a writer that hears of a higher epoch writes no more`() {
    var leadership = LogLeadership.founder
    let changes = [1, 0, 2, 2].map { leadership.hear(of: $0) }
    #expect(changes == [false, false, true, false])
    #expect(leadership == LogLeadership(epoch: 2, isWriter: false))
  }

  @Test func `a promotion needs an epoch above every known one`() {
    let follower = LogLeadership(epoch: 4, isWriter: false)
    #expect(follower.promoted(to: 4) == nil)
    #expect(follower.promoted(to: 3) == nil)
    #expect(follower.promoted(to: 5) == LogLeadership(epoch: 5, isWriter: true))
    #expect(follower.promoted(to: .max)?.isWriter == true)
  }

  @Test func `a promotion that is told again changes nothing`() {
    let writer = LogLeadership(epoch: 5, isWriter: true)
    #expect(writer.promoted(to: 5) == writer)
    #expect(writer.promoted(to: 4) == nil)
  }
}
