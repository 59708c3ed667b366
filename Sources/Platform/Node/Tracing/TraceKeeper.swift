internal import RPC
package import Telemetry

/// What is done with the traces that a service has decided to keep: the last are in memory, for the
/// admin port; each is exported, where there is a receiver, and told in a line of the log.
package final class TraceKeeper: Sendable {
  package let settings: TracingSettings
  private let rings: Guarded<TraceRings>
  private let allowance: Guarded<LineAllowance>
  private let exporter: OtlpExporter?
  private let log: Log
  private let fields: @Sendable (Trace) -> LogFields
  private let kept: [TraceClass: Counter]

  /// Adds `/traces` to the admin port.
  /// - Parameter fields: what the service has to say of a request in its line of the log, after what
  ///   is said of all; asked for lines that are written only.
  package init(
    _ settings: TracingSettings, in environment: ServiceEnvironment,
    fields: @escaping @Sendable (Trace) -> LogFields = { _ in [:] }
  ) throws(StartupError) {
    self.settings = settings
    self.fields = fields
    log = environment.log
    let rings = Guarded(TraceRings(capacity: settings.kept))
    self.rings = rings
    allowance = Guarded(LineAllowance(perSecond: settings.logLinesPerSecond, now: .now()))
    kept = Dictionary(
      uniqueKeysWithValues: TraceClass.allCases.map { kind in
        (
          kind,
          environment.metrics.counter(
            "brigade_traces_kept_total", "Traces kept, by the class that they are kept among",
            labels: ["class": kind.rawValue])
        )
      })
    do throws(SystemError) {
      exporter = try settings.endpoint.map { endpoint throws(SystemError) in
        try OtlpExporter(endpoint, environment.metrics, resource: settings.resource)
      }
    } catch {
      throw StartupError("\(error)")
    }
    // A copy, so that listing keeps no request waiting.
    environment.pages.add("/traces") {
      TracePage.answer($0, rings.withLock { $0 }, now: wallClockMilliseconds())
    }
  }

  /// From any thread. The trace has a reason to be kept.
  package func keep(_ trace: Trace) {
    rings.withLock { $0.keep(trace) }
    if let first = trace.reasons.first { kept[first]?.increment() }
    exporter?.offer(trace)
    guard let leftOut = allowance.withLock({ $0.take(.now()) }) else { return }
    tell(trace, leftOut)
  }

  /// One line, which leads to the trace. It names no user.
  private func tell(_ trace: Trace, _ leftOut: Int) {
    log.with(
      [
        "trace_id": trace.id, "request_id": trace.requestID, "method": trace.root.name,
        "class": trace.reasons.classes.map(\.rawValue).joined(separator: ","),
        "duration_us": trace.durationMicroseconds,
        "code": trace.root.text("rpc.response.status_code"),
        "requests_left_out_before": leftOut,
      ]
    ).with(Self.trouble(trace)).info("request", fields(trace))
  }

  /// Of a request that failed or was degraded: why, and what it waited for longest. The reasons are
  /// servers' words; what is wrong with a request may be told in its caller's, and is not said here.
  private static func trouble(_ trace: Trace) -> LogFields {
    guard trace.reasons.contains(.failed) || trace.reasons.contains(.degraded) else { return [:] }
    let failed = trace.children(of: trace.root.id).map { trace.spans[$0] }.compactMap { span in
      span.failure.map { "\(shortMethod(span.name)): \($0)" }
    }
    let why = trace.root.failure ?? failed.joined(separator: "; ")
    guard let longest = TraceBreakdown(trace).shares.first else { return ["why": why] }
    return [
      "why": why, "waited_hop": longest.hop, "waited_replica": longest.replica,
      "waited_part": longest.part.rawValue, "waited_us": longest.microseconds,
    ]
  }

  /// As the process ends: brings the receiver what waits. Blocks, no longer than until the deadline.
  package func finish(before deadline: Instant) {
    guard let left = exporter?.finish(before: deadline), left > 0 else { return }
    log.warn("traces did not get to the OTLP receiver", ["traces": left])
  }
}
