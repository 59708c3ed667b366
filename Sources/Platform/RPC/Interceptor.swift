package import Telemetry

/// Sees every call of one end, a client's or a server's, as it begins and as it ends. The same
/// function serves at both ends. Runs on the loop: it may not wait.
///
/// As a call begins it may change the trace and the request's metadata, which travel on, or refuse
/// the call by throwing: nothing is sent then, or no handler runs. What it throws later is passed
/// over. Whoever has let a call begin sees it end, once, however it ends; the last to begin is the
/// first to see that.
package typealias Interceptor =
  @Sendable (_ phase: CallPhase, _ call: inout InterceptedCall) throws(RPCError) -> Void

package enum CallPhase: Sendable {
  /// At a client, before the first attempt; at a server, as the call arrives, before it is known
  /// whether it will run.
  case begins
  /// At a server, of a call that is answered, before that is sent: its metadata can be added to.
  case answers
  /// At a client, after the last attempt, when the answer's metadata can be added to; at a server,
  /// after the answer was sent or the caller has left.
  case ends
}

package struct InterceptedCall: Sendable {
  package enum Side: Sendable {
    case client
    case server
  }

  package let side: Side
  /// `brigade.v1.Gateway/Rank`
  package let method: String
  package let deadline: Instant
  package var trace: TraceContext
  package var requestMetadata: [Metadata]
  package var answerMetadata: [Metadata] = []
  /// OK until the call has ended otherwise. At a server, of a caller that has left: CANCELLED, or
  /// DEADLINE_EXCEEDED when its time was over.
  package var code = Code.ok
  /// At a server, from receipt to its handler's start, or to its end if none began; at a client,
  /// what the replica said of it.
  package var queueNanoseconds: Int64 = 0
  /// At a server, of its handler, 0 if none began; at a client, of the whole call with all its
  /// attempts.
  package var nanoseconds: Int64 = 0
}

extension [Interceptor] {
  /// The first that refuses ends it.
  /// - Parameter begun: counts those that have let it begin, and so are to see it end.
  func begin(_ call: inout InterceptedCall, counting begun: inout Int) throws(RPCError) {
    for interceptor in self {
      try interceptor(.begins, &call)
      begun += 1
    }
  }

  /// - Parameter begun: as `begin` has counted.
  func tell(_ phase: CallPhase, _ call: inout InterceptedCall, begun: Int) {
    for index in (0..<begun).reversed() { try? self[index](phase, &call) }
  }
}
