internal import Messages
internal import RPC
internal import Synchronization
internal import Telemetry

/// The requests of one window: their latencies, and which versions answered them.
final class ReloadWindow: Sendable {
  struct Figures: Sendable {
    var sent = 0
    var ended = 0
    var failed = 0
    var latency = LatencyRecorder()
    var versions: Set<String> = []
    var why = ""

    func microseconds(_ quantile: Double) -> Double {
      Double(latency.quantile(quantile)) / 1_000
    }
  }

  private let state = Mutex(Figures())

  var figures: Figures { state.withLock { $0 } }
  var isComplete: Bool { state.withLock { $0.ended == $0.sent } }

  func sent() { state.withLock { $0.sent += 1 } }

  /// Latency counts from when the request should have been sent.
  func ended(_ end: CallOutcome<ScoreResponse>, intended: Instant) {
    let latency = Instant.now().nanoseconds(since: intended)
    state.withLock { state in
      state.ended += 1
      state.latency.record(nanoseconds: latency)
      switch end.result {
      case .success(let answer): state.versions.insert(answer.model)
      case .failure(let error):
        state.failed += 1
        state.why = "\(error)"
      }
    }
  }
}
