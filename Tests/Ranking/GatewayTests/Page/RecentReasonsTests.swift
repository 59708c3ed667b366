import Messages
import RPC
import Testing

@testable import Gateway

@Suite struct RecentReasonsTests {
  private typealias P = PageSamples

  @Test func `the same reason is one entry, the latest first`() {
    var reasons = RecentReasons()
    reasons.record(P.degraded(why: "a"), unixMilliseconds: 1)
    reasons.record(P.degraded(why: "b"), unixMilliseconds: 2)
    reasons.record(P.degraded(why: "a"), unixMilliseconds: 3)
    #expect(reasons.latest.map(\.why) == ["a", "b"])
    let entry = reasons.latest[0]
    #expect(entry.count == 2 && entry.firstUnixMilliseconds == 1 && entry.rung == .lightModel)
    #expect(entry.method == HopKind.inference.method && entry.lastUnixMilliseconds == 3)
  }

  @Test func `what went well, be it by a hedge, and what was skipped for it, needs no reason`() {
    var reasons = RecentReasons()
    let hedged = [P.attempt("a", .cancelled), P.attempt("b", number: 2, hedge: true)]
    reasons.record(
      P.response([
        P.hop(.retrieval), P.hop(.inference, .skipped, why: "no rows"),
        P.hop(.user, .otherReplica, why: "a: another replica answered first", attempts: hedged),
      ]),
      unixMilliseconds: 1)
    #expect(reasons.latest.isEmpty)
  }

  @Test func `the one not met for longest gives way, and none is long`() {
    var reasons = RecentReasons()
    for number in 0..<100 {
      reasons.record(
        P.degraded(why: "\(number)" + String(repeating: "x", count: 5_000)),
        unixMilliseconds: Int64(number))
    }
    #expect(reasons.latest.count == RecentReasons.max)
    #expect(reasons.latest.first?.why.hasPrefix("99x") == true)
    #expect(reasons.latest.allSatisfy { $0.why.count <= RecentReasons.textLengthMax })
  }
}
