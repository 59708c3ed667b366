import Telemetry
import Testing

@testable import Commands

struct RestartPolicyTests {
  private let start = Instant(nanoseconds: 1_000_000_000)

  /// Milliseconds from its end to the next start, of a process that lived that long.
  private func pause(_ policy: inout RestartPolicy, livedMilliseconds: Int64) -> Int64 {
    let end = start.adding(milliseconds: livedMilliseconds)
    return policy.ended(startedAt: start, now: end).nanoseconds(since: end) / 1_000_000
  }

  @Test func `pauses double up to the longest while it keeps ending soon`() {
    var policy = RestartPolicy()
    let pauses = (0..<9).map { _ in pause(&policy, livedMilliseconds: 50) }
    #expect(pauses == [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000])
    #expect(policy.restarts == 9)
  }

  @Test func `after a sound life the pauses begin anew`() {
    var policy = RestartPolicy()
    for _ in 0..<5 { _ = pause(&policy, livedMilliseconds: 50) }
    let sound = RestartPolicy.soundMilliseconds + 1
    #expect(pause(&policy, livedMilliseconds: sound) == 100)
    #expect(pause(&policy, livedMilliseconds: sound - 1) == 200)
    #expect(policy.restarts == 7)
  }

  @Test func `a process that never lives long is still restarted after very many ends`() {
    var policy = RestartPolicy()
    for _ in 0..<1_000 { #expect((100...5_000).contains(pause(&policy, livedMilliseconds: 0))) }
  }
}
