internal import RPC
import Testing

struct RetryPolicyTests {
  private let policy = RetryPolicy()
  private let safeties: [Safety] = [.pure, .idempotent, .once]

  @Test func `what never left may be tried again, whatever it is`() {
    for safety in safeties { #expect(policy.mayRetry(.notSent, safety, attempts: 1)) }
  }

  @Test func `what was sent and not answered is tried again unless it must run once`() {
    #expect(policy.mayRetry(.unanswered, .pure, attempts: 1))
    #expect(policy.mayRetry(.unanswered, .idempotent, attempts: 1))
    #expect(!policy.mayRetry(.unanswered, .once, attempts: 1))
  }

  @Test(arguments: Code.allCases)
  func `an answer is tried again only when it says that nothing was started`(code: Code) {
    for safety in safeties {
      #expect(!policy.mayRetry(.answered(code, .mayHaveRun), safety, attempts: 1))
      #expect(!policy.mayRetry(.answered(code, .never), safety, attempts: 1))
      #expect(
        policy.mayRetry(.answered(code, .notStarted), safety, attempts: 1)
          == (code != .deadlineExceeded))
    }
  }

  @Test func `the third attempt is the last`() {
    #expect(policy.mayRetry(.notSent, .pure, attempts: 2))
    #expect(!policy.mayRetry(.notSent, .pure, attempts: 3))
  }

  @Test func `callers' mistakes don't count against a replica`() {
    let faults = Set(Code.allCases.filter(RetryPolicy.isReplicasFault))
    #expect(
      faults == [
        .unknown, .deadlineExceeded, .resourceExhausted, .internal, .unavailable, .dataLoss,
        .unimplemented, .unauthenticated,
      ])
  }

  @Test func `pauses are anything up to a longest that doubles`() {
    var random = PolicyRandom(seed: 11)
    func longest(_ attempt: Int) -> Int64 {
      (0..<2_000).map { _ in
        policy.pauseNanoseconds(
          before: attempt, after: .answered(.unavailable, .notStarted), random: &random)
      }.max() ?? 0
    }
    #expect((950_000...1_000_000).contains(longest(2)))
    #expect((1_900_000...2_000_000).contains(longest(3)))
    #expect(longest(60) <= policy.pauseNanosecondsMax)
  }

  @Test func `what never left is sent on at once, the first time`() {
    var random = PolicyRandom(seed: 11)
    #expect(policy.pauseNanoseconds(before: 2, after: .notSent, random: &random) == 0)
    let later = (0..<50).map { _ in
      policy.pauseNanoseconds(before: 3, after: .notSent, random: &random)
    }
    #expect(later.contains { $0 > 0 })
  }
}
