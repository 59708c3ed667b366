internal import Events
internal import Messages
internal import Node
internal import RPC
internal import Telemetry

/// Takes events for the log: hands them to its writer, or keeps them in the spool while there is
/// none. Confined to its loop.
final class EventIntake: @unchecked Sendable {
  /// With a spool at hand, nobody gains by waiting longer for a writer.
  static let writerMillisecondsMax: Int64 = 2_000
  /// Of a call's time, kept for the spool's disk: this part, and at least so much of it as a slow
  /// disk takes to sync.
  static let spoolShare: Int64 = 4
  static let spoolMilliseconds: Int64 = 50

  /// By which its replicas are counted, apart from those that rows are asked of.
  static let service = "events"

  private let replicas: ReplicaSet
  private let calls: ClientCallRecorder
  private let spool: ServedSpool?
  private let forwarder: SpoolForwarder?
  private let tracing: RequestTracing
  private let check = EventCheck()

  /// - Parameter replicas: of the feature service, for this alone: those that are no writer say
  ///   so, which must not count against them where rows are asked for.
  init(
    _ replicas: ReplicaSet, spool: ServedSpool?, on loop: EventLoop, log: Log,
    tracing: RequestTracing, calls: ClientCallRecorder
  ) {
    self.replicas = replicas
    self.calls = calls
    self.tracing = tracing
    self.spool = spool
    forwarder = spool.flatMap { spool in
      spool.claimForwarding()
        ? SpoolForwarder(spool, to: replicas, on: loop, log: log, calls: calls)
        : nil
    }
    forwarder?.start()
  }

  func append(
    _ request: AppendRequest, _ call: CallContext
  ) async throws(RPCError) -> AppendResponse {
    let trace = tracing.begin(call)
    if let problem = check.problem(in: request.events, nowMilliseconds: wallClockMilliseconds()) {
      let error = RPCError.invalidArgument(problem)
      tracing.endAppend(trace, call, nil, isSpooled: false, error: error)
      throw error
    }
    let options = CallOptions(
      deadline: Self.writerDeadline(.now(), call.deadline, isSpooled: spool != nil),
      trace: trace.context(of: trace.appendSpan))
    let end = await replicas.start(.append, request, options, for: call).end()
    calls.ended(end.report, end.code)
    var isSpooled = false
    let result: Result<AppendResponse, RPCError>
    do throws(RPCError) {
      if case .failure(let error) = end.result, let spool, Self.isOutage(error) {
        try await spool.keepDurably(request)
        isSpooled = true
        var response = AppendResponse()
        response.spooled = true
        result = .success(response)
      } else {
        result = end.result
      }
    } catch {
      result = .failure(error)
    }
    tracing.endAppend(
      trace, call, Self.hop(end, received: call.received), isSpooled: isSpooled,
      error: result.failure)
    return try result.get()
  }

  private static func hop(_ end: CallOutcome<AppendResponse>, received: Instant) -> Hop {
    // The spool is a rung of its own kind: the events are safe, and nobody has them yet.
    let fallback = end.result.failure.map { (rung: Rung.without, why: $0.description) }
    return HopRecord(received: received).hop(end.report, fallback: fallback)
  }

  /// Nobody to take it just now, as against a fault of what is to be taken.
  private static func isOutage(_ error: RPCError) -> Bool {
    error.code == .unavailable || error.code == .deadlineExceeded || error.advice == .notStarted
  }

  /// How long the writer may take, so that there is time to spool what it did not take.
  static func writerDeadline(_ now: Instant, _ deadline: Instant, isSpooled: Bool) -> Instant {
    guard isSpooled else { return deadline }
    let left = max(0, deadline.nanoseconds(since: now))
    let kept = min(max(left / spoolShare, spoolMilliseconds * 1_000_000), left / 2)
    return now.adding(nanoseconds: min(left - kept, writerMillisecondsMax * 1_000_000))
  }
}

extension Result {
  fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}
