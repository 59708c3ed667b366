internal import Messages
internal import RPC
internal import Telemetry

/// Writes down what a hop took and which rung of its ladder gave the result.
struct HopRecord {
  let received: Instant

  /// - Parameter fallback: the rung that was used instead, and why; nil when the call succeeded.
  func hop(_ report: CallReport, fallback: (rung: Rung, why: String)?) -> Hop {
    var hop = Hop()
    hop.method = report.method
    hop.startMicroseconds = report.start.microseconds(since: received)
    hop.elapsedMicroseconds = report.end.microseconds(since: report.start)
    hop.attempts = report.attempts.map(attempt)
    if let fallback {
      hop.rung = fallback.rung
      hop.why = fallback.why
    } else {
      hop.replica = report.last?.replica ?? ""
      hop.queueMicroseconds = report.last?.queueMicroseconds ?? 0
      hop.handlerMicroseconds = report.last?.handlerMicroseconds ?? 0
      hop.wireMicroseconds = report.last?.wireMicroseconds ?? 0
      // A lost hedge is no reason to say that another replica was needed.
      if let first = report.attempts.first, let last = report.last, last.number > 1 {
        hop.rung = .otherReplica
        hop.why = Self.why(report.attempts, first, last)
      }
    }
    return hop
  }

  /// Why it was another replica than the first that answered.
  private static func why(
    _ attempts: [CallReport.Attempt], _ first: CallReport.Attempt, _ last: CallReport.Attempt
  ) -> String {
    if let failed = attempts.first(where: { $0.code != .ok && $0.code != .cancelled }) {
      return "\(failed.replica): \(failed.code.name): \(failed.message)"
    }
    return "the hedge to \(last.replica) won against \(first.replica)"
  }

  /// A hop that was not begun.
  func skipped(_ method: String, _ rung: Rung, why: String, now: Instant) -> Hop {
    var hop = Hop()
    hop.method = method
    hop.startMicroseconds = now.microseconds(since: received)
    hop.rung = rung
    hop.why = why
    return hop
  }

  private func attempt(_ attempt: CallReport.Attempt) -> Messages.Attempt {
    var result = Messages.Attempt()
    result.replica = attempt.replica
    result.startMicroseconds = attempt.start.microseconds(since: received)
    result.elapsedMicroseconds = attempt.end.microseconds(since: attempt.start)
    result.code = attempt.code.rawValue
    result.message = attempt.message
    result.number = UInt32(clamping: attempt.number)
    result.hedge = attempt.isHedge
    result.requestBytes = UInt32(clamping: attempt.requestBytes)
    result.answerBytes = UInt32(clamping: attempt.answerBytes)
    result.queueMicroseconds = attempt.queueMicroseconds
    result.handlerMicroseconds = attempt.handlerMicroseconds
    return result
  }
}

extension Rung {
  /// Whether an answer that used it ranks worse than it should.
  var isDegraded: Bool {
    switch self {
    case .primary, .otherReplica, .without, .skipped: false
    case .lastGood, .popular, .lightModel, .retrievalOrder: true
    }
  }
}
