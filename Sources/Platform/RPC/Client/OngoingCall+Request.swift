internal import CMessages
internal import Telemetry

/// The request on its way to a replica.
extension OngoingCall {
  /// False when the frame is longer than the peer takes.
  func write(
    _ attempt: UInt64, number: Int, on frames: FrameConnection, _ now: Instant
  ) -> Bool {
    let arena = frames.loop.arena
    defer { arena.reset() }
    let body = encode(in: arena)
    var head = CallHead(
      call: attempt,
      // Zero would ask for the server's default.
      budgetMicroseconds: max(1, options.deadline.microseconds(since: now)),
      trace: options.trace, attempt: UInt32(number), priority: options.priority)
    if options.metadata.isEmpty { return write(&head, body, on: frames) }
    return options.metadata.asHeadFields.withUnsafeBytes {
      head.metadata = $0
      return write(&head, body, on: frames)
    }
  }

  private func write(
    _ head: inout CallHead, _ body: UnsafePointer<ProtobufCMessage>, on frames: FrameConnection
  ) -> Bool {
    var name = report.method
    return name.withUTF8 { name in
      head.method = UnsafeRawBufferPointer(name)
      return compresses
        ? frames.send(head, body: body, compressedBy: replicas.codec)
        : frames.send(head, body: body)
    }
  }
}
