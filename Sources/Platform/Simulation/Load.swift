package import RPC

/// What callers ask for.
package struct Load: Sendable {
  /// All callers together; calls come at random (Poisson).
  package var requestsPerSecond = 4_000.0
  /// Calls that one caller begins in the same moment.
  package var together = 1
  package var seconds = 5.0
  package var deadlineMilliseconds: Int64 = 1_000
  package var attemptMilliseconds: Int64 = 100
  package var safety = Safety.pure
  package var isHedged = false
  /// Of the calls, that are more urgent than the others.
  package var urgentShare = 0.0

  package init() {}
}
