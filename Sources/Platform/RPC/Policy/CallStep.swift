/// What a call's shell has to do next, in this order: leave attempts, send one, or end the call.
package struct CallStep: Sendable {
  /// Why attempts are left.
  package enum Reason: Equatable, Sendable {
    /// The attempt has had its time, and another replica is tried.
    case slow
    /// The call has had its time.
    case expired
    /// Another replica has answered.
    case outrun
    /// The caller no longer wants it.
    case cancelled
  }

  package enum End: Equatable, Sendable {
    /// As the event says that led here: with its answer, or with its error.
    case byEvent
    /// With the error of the last attempt that was lost, or for want of a replica.
    case unserved
    case expired
    case cancelled
  }

  /// Numbers of the attempts to leave, at most two, zero for none.
  package var leaving: (UInt8, UInt8) = (0, 0)
  package var reason = Reason.slow
  /// The attempt to send, by number, and to whom.
  package var sending: (number: UInt8, replica: Balancer.ID, isHedge: Bool)?
  package var end: End?

  package init() {}
}
