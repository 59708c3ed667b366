internal import Telemetry

/// One try of a call at one replica. Kept in its call; a channel knows it by its id.
struct Attempt {
  /// As it travels; no two attempts of a replica set have the same.
  let id: UInt64
  let replica: Balancer.ID
  let number: Int
  /// A second copy, sent while an earlier one was still awaited.
  let isHedge: Bool
  let start: Instant
  /// Nil where the replica has gone meanwhile. A channel outlives what is tried on it.
  unowned(unsafe) let channel: Channel?
  /// Of the frames, as they travel; 0 as long as there is none.
  var requestBytes = 0
  var answerBytes = 0
  /// In the replica, as its answer says: before its handler, and in it.
  var queueMicroseconds: UInt64 = 0
  var handlerMicroseconds: UInt64 = 0

  /// What remains of it when it ends.
  func report(_ code: Code, _ message: String, _ now: Instant) -> CallReport.Attempt {
    CallReport.Attempt(
      replica: channel?.name ?? "", start: start, end: now, code: code, message: message,
      number: number, isHedge: isHedge, requestBytes: requestBytes, answerBytes: answerBytes,
      queueMicroseconds: queueMicroseconds, handlerMicroseconds: handlerMicroseconds)
  }
}
