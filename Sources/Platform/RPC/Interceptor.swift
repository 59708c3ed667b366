package import Telemetry

/// Sees every call of one end, a client's or a server's, as it begins and as it ends. The same
/// function serves at both ends. Runs on the loop: it may not wait.
///
/// As a call begins it may change the trace and the request's metadata, which travel on, or refuse
/// the call by throwing: nothing is sent then, or no handler runs. As a call ends it sees how; at a
/// server it may still add to the answer's metadata. What it throws then is passed over.
package typealias Interceptor =
  @Sendable (_ phase: CallPhase, _ call: inout InterceptedCall) throws(RPCError) -> Void

package enum CallPhase: Sendable {
  /// At a client, before the first attempt; at a server, before its handler.
  case begins
  /// At a client, after the last attempt; at a server, before the answer is sent.
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
  /// OK until the call has ended otherwise.
  package var code = Code.ok
  /// At a server, from receipt to its handler's start; at a client, what the replica said of it.
  package var queueNanoseconds: Int64 = 0
  /// At a server, of its handler; at a client, of the whole call with all its attempts.
  package var nanoseconds: Int64 = 0
}

extension Sequence<Interceptor> {
  /// The first that refuses ends it.
  func begin(_ call: inout InterceptedCall) throws(RPCError) {
    for interceptor in self { try interceptor(.begins, &call) }
  }

  func end(_ call: inout InterceptedCall) {
    for interceptor in self { try? interceptor(.ends, &call) }
  }
}
