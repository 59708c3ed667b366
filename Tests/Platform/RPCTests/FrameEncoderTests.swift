import CMessages
import RPC
import Testing

@Suite struct FrameEncoderTests {
  private func pointer(_ message: some Message, _ arena: Arena) -> UnsafePointer<ProtobufCMessage> {
    UnsafeRawPointer(arena.message(message)!).assumingMemoryBound(to: ProtobufCMessage.self)
  }

  @Test func `frames are what the grammar says, one after another`() {
    let arena = Arena()
    var output = ByteQueue()
    var ping = Ping()
    ping.nonce = 300
    FrameEncoder.append(.ping, ping, to: &output, in: arena)
    var request = HealthRequest()
    request.service = "s"
    let head = RequestHead()
    FrameEncoder.append(
      .request, head: pointer(head, arena), body: pointer(request, arena), to: &output,
      frameBytesMax: 1_000)
    let sent = Array(output.unread)
    #expect(
      sent == RawFrame(.ping, ping).bytes + RawFrame(.request, head, request).bytes)
  }

  @Test func `what is longer than its receiver takes is not begun`() {
    let arena = Arena()
    var output = ByteQueue()
    var request = HealthRequest()
    request.service = String(repeating: "x", count: 94)  // 96 bytes encoded
    let (head, body) = (pointer(Cancel(), arena), pointer(request, arena))
    #expect(!FrameEncoder.append(.request, head: head, body: body, to: &output, frameBytesMax: 99))
    let begun = output.count
    #expect(begun == 0)
    #expect(FrameEncoder.append(.request, head: head, body: body, to: &output, frameBytesMax: 100))
    let whole = output.count
    #expect(whole == 104)
  }

  @Test func `a head that its length has no room for is not sent`() {
    let arena = Arena()
    var output = ByteQueue()
    var drain = Drain()
    drain.reason = String(repeating: "x", count: 65_532)  // 65,536 bytes encoded
    let long = pointer(drain, arena)
    #expect(!FrameEncoder.append(.drain, head: long, body: nil, to: &output, frameBytesMax: .max))
    drain.reason.removeLast()
    let fits = pointer(drain, arena)
    #expect(FrameEncoder.append(.drain, head: fits, body: nil, to: &output, frameBytesMax: .max))
  }
}
