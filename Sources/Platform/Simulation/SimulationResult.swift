package import RPC

/// What came of a simulation.
package struct SimulationResult: Sendable {
  /// In the order of ending.
  package internal(set) var outcomes: [Outcome] = []
  /// By replica.
  package internal(set) var attempts: [Int] = []
  package internal(set) var handlersRunLate = 0
  package internal(set) var refusals = 0
  /// Of all callers.
  package internal(set) var counts = RoutingCounts()

  package var requests: Int { outcomes.count }
  package var failed: Int { outcomes.count { !$0.isAnswered } }
  package var attemptsSum: Int { attempts.reduce(0, +) }

  package func share(of replica: Int) -> Double {
    Double(attempts[replica]) / Double(max(1, attemptsSum))
  }

  /// Attempts a call.
  package var amplification: Double { Double(counts.attempts) / Double(max(1, requests)) }

  /// The calls that began in the seconds given.
  package func during(_ seconds: Range<Double>) -> SimulationResult {
    var part = self
    part.outcomes = outcomes.filter {
      seconds.contains(Double($0.startNanoseconds) / 1_000_000_000)
    }
    return part
  }

  /// Of the calls that were answered; infinite where none was.
  package func milliseconds(quantile: Double) -> Double {
    let sorted = outcomes.filter(\.isAnswered).map(\.latencyNanoseconds).sorted()
    guard !sorted.isEmpty else { return .infinity }
    let index = min(sorted.count - 1, Int(Double(sorted.count) * quantile))
    return Double(sorted[index]) / 1_000_000
  }

  package var answeredShare: Double {
    Double(requests - failed) / Double(max(1, requests))
  }

  /// Answers that came in the seconds given, a second.
  package func answersPerSecond(_ seconds: Range<Double>) -> Double {
    let answers = outcomes.count {
      $0.isAnswered
        && seconds.contains(Double($0.startNanoseconds + $0.latencyNanoseconds) / 1_000_000_000)
    }
    return Double(answers) / (seconds.upperBound - seconds.lowerBound)
  }
}
