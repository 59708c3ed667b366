/// Whether, and how soon, a failed attempt may be followed by another one. Pure.
package struct RetryPolicy: Sendable {
  /// The first and two more: a third failure in a row is not one replica's trouble. At most
  /// `TriedReplicas.max`.
  package var attemptsMax = 3
  /// Longest pause before the first retry; it doubles with each further one.
  package var pauseNanoseconds: Int64 = 1_000_000
  package var pauseNanosecondsMax: Int64 = 50_000_000

  package init() {}

  /// How an attempt was lost.
  package enum Loss: Equatable, Sendable {
    /// The server answered with an error.
    case answered(Code, RetryAdvice)
    /// The connection broke, or the attempt's own time was over, with the call sent.
    case unanswered
    /// It never left this process.
    case notSent
  }

  /// WIRE.md, "Trying again": a server's *not started* can be taken at its word; what was sent and
  /// not answered may have run, which only `once` methods must not do twice.
  package func mayRetry(_ loss: Loss, _ safety: Safety, attempts: Int) -> Bool {
    guard attempts < attemptsMax else { return false }
    switch loss {
    case .notSent: return true
    case .unanswered: return safety != .once
    // A deadline that passed in a queue has passed for every replica.
    case .answered(.deadlineExceeded, _): return false
    case .answered(_, let advice): return advice == .notStarted
    }
  }

  /// Anything from nothing to the longest ("full jitter", Brooker 2015), so that callers that lost
  /// the same replica don't storm the next one together. What never left this process is sent on
  /// at once, the first time.
  package func pauseNanoseconds(
    before attempt: Int, after loss: Loss, random: inout PolicyRandom
  ) -> Int64 {
    if loss == .notSent, attempt <= 2 { return 0 }
    let doublings = Int64(min(max(0, attempt - 2), 20))
    let longest = min(pauseNanoseconds << doublings, pauseNanosecondsMax)
    return Int64(Double(longest) * random.unit())
  }

  /// What counts against a replica in balancing: its own failures, not its callers' mistakes.
  package static func isReplicasFault(_ code: Code) -> Bool {
    switch code {
    case .unknown, .deadlineExceeded, .resourceExhausted, .internal, .unavailable, .dataLoss,
      .unimplemented, .unauthenticated:
      true
    default: false
    }
  }
}
