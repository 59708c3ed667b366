internal import CMessages
internal import Telemetry

/// One try of a call at one replica; what a channel knows of a call. Confined to its loop.
class Attempt {
  let replica: Balancer.ID
  let number: Int
  let start: Instant
  var callID: UInt64 = 0
  var isSent = false
  /// A second copy, sent while an earlier one was still awaited.
  var isHedge = false
  var timer: TimerQueue.ID?
  weak var channel: Channel?

  init(replica: Balancer.ID, number: Int, start: Instant) {
    self.replica = replica
    self.number = number
    self.start = start
  }

  /// Writes the request frame; false when it is longer than the peer takes.
  func send(on frames: FrameConnection) -> Bool { fatalError("abstract") }

  /// The answer; head and body are valid for the call only.
  func answered(
    _ head: Brigade__V1__ResponseHead, _ body: UnsafeRawBufferPointer, isCompressed: Bool
  ) {
    fatalError("abstract")
  }

  func lost(_ loss: RetryPolicy.Loss, _ error: RPCError) { fatalError("abstract") }
}
