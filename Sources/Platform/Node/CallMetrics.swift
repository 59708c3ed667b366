package import RPC
internal import Synchronization
package import Telemetry

/// Rate, errors and duration of a server's methods, as OpenTelemetry names them.
package final class CallMetrics: Sendable {
  private struct Key: Hashable {
    var method: String
    var code: Code
  }

  private let metrics: MetricsRegistry
  private let durations = Mutex<[Key: Histogram]>([:])
  private let queue: Histogram

  package init(_ metrics: MetricsRegistry) {
    self.metrics = metrics
    queue = metrics.histogram(
      "brigade_server_queue_duration_seconds", "Time from a call's receipt to its handler's start")
  }

  /// Counts each call as it ends. Allocates nothing for a method and code that it has met.
  package var interceptor: Interceptor {
    { [self] phase, call throws(RPCError) in
      if phase == .ends { ended(call) }
    }
  }

  /// Methods are ours and codes few, so the label values are bounded.
  private func ended(_ call: InterceptedCall) {
    queue.record(nanoseconds: call.queueNanoseconds)
    let histogram = durations.withLock { durations in
      let key = Key(method: call.method, code: call.code)
      if let known = durations[key] { return known }
      let made = metrics.histogram(
        "rpc_server_call_duration_seconds",
        "Time in a method's handler, until its answer or until its caller left",
        labels: ["rpc_method": call.method, "rpc_response_status_code": call.code.name])
      durations[key] = made
      return made
    }
    histogram.record(nanoseconds: call.nanoseconds)
  }
}
