internal import Messages
package import Node
internal import RPC
internal import Telemetry

/// Requests that are traced as a gateway's are, without being answered: what is measured is tracing
/// and nothing else. Confined to one thread.
package final class TracingCost {
  private struct BareCall: TracedCall {
    var trace = TraceContext()
    var received = Instant(nanoseconds: 0)
    var started = Instant(nanoseconds: 3_000)
    var deadline = Instant(nanoseconds: 200_000_000)
    var metadata: [Metadata] { [] }
  }

  package static let hops = HopKind.allCases.count

  private let tracing: RequestTracing
  private let response: RankResponse
  private var call = BareCall()

  /// - Parameter settings: whose rate says how many are kept.
  package init(
    _ settings: TracingSettings, in environment: ServiceEnvironment
  ) throws(StartupError) {
    let gauge = environment.metrics.gauge(
      RequestTracing.slowThresholdName, RequestTracing.slowThresholdHelp, labels: ["loop": "bench"])
    tracing = RequestTracing(
      try TraceKeeper(settings, in: environment), replica: "gateway-1", slowThreshold: gauge,
      seed: 1)
    response = HopKind.allCases.enumerated().reduce(into: RankResponse()) { response, hop in
      response.hops.append(Self.hop(hop.element.method, at: UInt64(hop.offset) * 500))
    }
  }

  private static func hop(_ method: String, at microseconds: UInt64) -> Hop {
    var attempt = Attempt()
    attempt.replica = "replica-1"
    attempt.startMicroseconds = microseconds
    attempt.elapsedMicroseconds = 400
    var hop = Hop()
    hop.method = method
    hop.replica = attempt.replica
    hop.startMicroseconds = microseconds
    hop.elapsedMicroseconds = attempt.elapsedMicroseconds
    hop.queueMicroseconds = 10
    hop.handlerMicroseconds = 300
    hop.wireMicroseconds = 90
    hop.attempts = [attempt]
    return hop
  }

  /// One request from its beginning to its end.
  /// - Returns: whether its trace was kept.
  package func trace() -> Bool {
    call.received = call.received.adding(nanoseconds: 1_000)
    let request = tracing.begin(call)
    var spans: UInt64 = 0
    for hop in HopKind.allCases { spans ^= request.context(hop).parentSpan }
    // No request is slower than the one before it.
    return tracing.end(request, call, response) || spans == 0
  }
}
