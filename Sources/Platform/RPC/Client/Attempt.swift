internal import CMessages
internal import Telemetry

/// One try of a call at one replica; what a channel knows of a call. Confined to its loop.
final class Attempt {
  private let call: OngoingCall
  let replica: Balancer.ID
  let number: Int
  /// A second copy, sent while an earlier one was still awaited.
  let isHedge: Bool
  let start: Instant
  @exclusivity(unchecked) var callID: UInt64 = 0
  @exclusivity(unchecked) var isSent = false
  @exclusivity(unchecked) var channel: Channel?
  /// Of the frames, as they travel.
  @exclusivity(unchecked) var requestBytes = 0
  @exclusivity(unchecked) var answerBytes = 0

  init(
    _ call: OngoingCall, replica: Balancer.ID, number: Int, isHedge: Bool, start: Instant
  ) {
    self.call = call
    self.replica = replica
    self.number = number
    self.isHedge = isHedge
    self.start = start
  }

  var requires: ServedTag? { call.options.requires }

  /// Writes the request frame; false when it is longer than the peer takes.
  func send(on frames: FrameConnection, _ now: Instant) -> Bool {
    let arena = frames.loop.arena
    defer { arena.reset() }
    let body = call.encode(in: arena)
    if call.options.metadata.isEmpty {
      return send(body, UnsafeRawBufferPointer(start: nil, count: 0), on: frames, now)
    }
    return call.options.metadata.asHeadFields.withUnsafeBytes { send(body, $0, on: frames, now) }
  }

  private func send(
    _ body: UnsafePointer<ProtobufCMessage>, _ metadata: UnsafeRawBufferPointer,
    on frames: FrameConnection, _ now: Instant
  ) -> Bool {
    var name = call.methodName
    return name.withUTF8 { name in
      let head = CallHead(
        call: callID, method: UnsafeRawBufferPointer(name),
        // Zero would ask for the server's default.
        budgetMicroseconds: max(1, call.options.deadline.microseconds(since: now)),
        trace: call.options.trace, attempt: UInt32(number), priority: call.options.priority,
        metadata: metadata)
      return call.compresses
        ? frames.send(head, body: body, compressedBy: call.bodyCodec)
        : frames.send(head, body: body)
    }
  }

  /// The answer; head and body are valid for the call only.
  func answered(
    _ head: borrowing AnswerHeader, _ body: UnsafeRawBufferPointer, isCompressed: Bool
  ) {
    call.answered(self, head, body, isCompressed: isCompressed)
  }

  func lost(_ loss: RetryPolicy.Loss, _ error: RPCError) { call.lost(self, loss, error) }
}
