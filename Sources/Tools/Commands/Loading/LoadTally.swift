internal import Messages
internal import RPC
internal import Synchronization
internal import Telemetry

/// Counts answers as they come, from the client's thread.
final class LoadTally: Sendable {
  private struct State {
    var sent = 0
    var ok = 0
    var degraded = 0
    var failed = 0
    var retried = 0
    var latency = LatencyRecorder()
    var failures: [String: Int] = [:]
    var rungs: [String: Int] = [:]

    var ended: Int { ok + degraded + failed }
  }

  /// Different reasons that are kept apart; the rest is counted together.
  private static let reasonsMax = 50

  private let state = Mutex(State())

  func sent() { state.withLock { $0.sent += 1 } }

  /// Latency counts from the intended time, so that a sender held up by a slow server does not
  /// hide what its users would have waited.
  func ended(_ end: CallOutcome<RankResponse>, intended: Instant) {
    let latency = Instant.now().nanoseconds(since: intended)
    state.withLock { state in
      state.latency.record(nanoseconds: latency)
      if end.report.attempts.count > 1 { state.retried += 1 }
      switch end.result {
      case .failure(let error):
        state.failed += 1
        count("\(error)", in: &state.failures)
      case .success(let response):
        if response.degraded { state.degraded += 1 } else { state.ok += 1 }
        for hop in response.hops where hop.rung.isFallback || hop.rung == .otherReplica {
          count("\(hop.method): \(hop.rung.name)", in: &state.rungs)
        }
      }
    }
  }

  private func count(_ reason: String, in reasons: inout [String: Int]) {
    let known = reasons[reason] != nil || reasons.count < Self.reasonsMax
    reasons[known ? reason : "other", default: 0] += 1
  }

  var isComplete: Bool { state.withLock { $0.ended == $0.sent } }

  func progress(elapsed: Int64) -> String {
    state.withLock { state in
      let seconds = Double(elapsed) / 1e9
      return "\(seconds.fixed(0)) s  \((Double(state.ended) / seconds).fixed(0))/s  "
        + "ok \(state.ok)  degraded \(state.degraded)  failed \(state.failed)  "
        + "p99 \(milliseconds(UInt64(state.latency.quantile(0.99) / 1_000))) ms"
    }
  }

  func report(offeredPerSecond: Double, elapsed: Int64) -> LoadReport {
    state.withLock { state in
      var failures = state.failures
      let unanswered = state.sent - state.ended
      if unanswered > 0 { failures["no answer", default: 0] += unanswered }
      return LoadReport(
        offeredPerSecond: offeredPerSecond,
        achievedPerSecond: Double(state.ended) / (Double(elapsed) / 1e9), sent: state.sent,
        ok: state.ok, degraded: state.degraded, failed: state.failed + unanswered,
        retried: state.retried, latency: state.latency, failures: failures, rungs: state.rungs)
    }
  }
}
