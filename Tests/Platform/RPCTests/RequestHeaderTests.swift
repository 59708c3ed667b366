import CMessages
import RPC
import TestSupport
import Testing

@testable import RPC

@Suite struct RequestHeaderTests {
  /// What is read of a head, in a form that compares.
  private struct Fields: Equatable {
    var call: UInt64
    var method: [UInt8]
    var budget: UInt64
    var trace: TraceContext
    var attempt: UInt32
    var priority: UInt32

    init(_ header: RequestHeader) {
      call = header.call
      method = Array(header.method)
      budget = header.budgetAskedMicroseconds
      trace = header.trace
      attempt = header.attempt
      priority = header.priority
    }
  }

  private func plain(_ bytes: [UInt8]) -> Fields? {
    bytes.withUnsafeBufferPointer { RequestHeader(plain: $0).map(Fields.init) }
  }

  private func unpacked(_ bytes: [UInt8], in arena: Arena) -> Fields? {
    defer { arena.reset() }
    return bytes.withUnsafeBufferPointer { bytes in
      RequestHeader(unpacking: bytes, in: arena).map(Fields.init)
    }
  }

  /// As a caller may write it: any field may be absent.
  private func head(_ random: inout SeededGenerator) -> RequestHead {
    var head = RequestHead()
    head.call = random.integer(bits: 63)
    if random.chance(2) { head.method = "brigade.v1.\(random.text())" }
    if random.chance(2) { head.budgetMicroseconds = random.integer(bits: 40) }
    if random.chance(2) { head.traceID = random.bytes(random.chance(4) ? 0...20 : 16...16) }
    if random.chance(2) { head.parentSpanID = random.next() }
    if random.chance(2) { head.traceFlags = UInt32(random.integer(bits: 32)) }
    if random.chance(2) { head.attempt = UInt32(random.integer(bits: 32)) }
    if random.chance(2) { head.priority = UInt32(random.integer(bits: 3)) }
    return head
  }

  @Test func `a head of our own is read in place, as protobuf-c reads it`() {
    let arena = Arena()
    for seed in UInt64(1)...2_000 {
      var random = SeededGenerator(seed: seed)
      let bytes = head(&random).encoded()
      let read = plain(bytes)
      #expect(read != nil && read == unpacked(bytes, in: arena), "seed \(seed)")
    }
  }

  @Test func `what is read in place of broken or strange heads is what protobuf-c reads`() {
    let arena = Arena()
    var (accepted, left) = (0, 0)
    for seed in UInt64(1)...20_000 {
      var random = SeededGenerator(seed: seed)
      let bytes = random.mangled(
        random.chance(4) ? random.bytes(0...40) : head(&random).encoded())
      guard var read = plain(bytes) else {
        left += 1
        continue
      }
      accepted += 1
      // A C string ends at its first zero; in place, it is a name that no method has.
      if let zero = read.method.firstIndex(of: 0) { read.method.removeSubrange(zero...) }
      #expect(read == unpacked(bytes, in: arena), "seed \(seed): \(bytes)")
    }
    #expect(accepted > 2_000 && left > 2_000)
  }

  @Test func `metadata and unknown fields are left to protobuf-c`() throws {
    let arena = Arena()
    var head = RequestHead()
    head.call = 5
    head.method = "test.Echo/Say"
    head.metadata = [Metadata()]
    let bytes = head.encoded() + [0xF8, 0x01, 0x07]
    #expect(plain(bytes) == nil)
    let read = try #require(unpacked(bytes, in: arena))
    #expect(read.call == 5 && read.method == Array("test.Echo/Say".utf8))
  }

  @Test func `an answer's head is written as protobuf-c writes it`() {
    let arena = Arena()
    for seed in UInt64(1)...1_000 {
      var random = SeededGenerator(seed: seed)
      var expected = ResponseHead()
      expected.call = random.next()
      expected.code = Code.allCases.randomElement(using: &random)!.rawValue
      expected.message = random.chance(2) ? random.text() : ""
      expected.advice = RetryAdvice.allCases.randomElement(using: &random)!
      expected.queueMicroseconds = random.chance(3) ? 0 : random.integer(bits: 64)
      expected.handlerMicroseconds = random.integer(bits: 14)
      expected.loadInFlight = UInt32(random.integer(bits: 8))
      expected.loadPermille = UInt32(random.integer(bits: 12))
      var output = ByteQueue()
      var message = expected.message
      let fits = message.withUTF8 { bytes in
        let head = AnswerHead(
          call: expected.call, code: Code(rawValue: expected.code)!,
          message: UnsafeRawBufferPointer(bytes), advice: expected.advice,
          queueMicroseconds: expected.queueMicroseconds,
          handlerMicroseconds: expected.handlerMicroseconds, loadInFlight: expected.loadInFlight,
          loadPermille: expected.loadPermille)
        return FrameEncoder.append(head, body: nil, to: &output, frameBytesMax: 8 << 10)
      }
      let written = Array(output.unread)
      #expect(fits && written == RawFrame(.response, expected).bytes, "seed \(seed)")
    }
    withExtendedLifetime(arena) {}
  }

  @Test func `a frame that is longer than the peer takes is not begun`() {
    let arena = Arena()
    var body = HealthRequest()
    body.service = String(repeating: "x", count: 1_000)
    let head = AnswerHead(
      call: 1, queueMicroseconds: 0, handlerMicroseconds: 0, loadInFlight: 0, loadPermille: 0)
    var output = ByteQueue()
    let whole = 4 + 2 + body.encoded().count
    let long = FrameEncoder.append(
      head, body: arena.protobuf(body), to: &output, frameBytesMax: whole - 1)
    #expect(!long && output.isEmpty)
    let fits = FrameEncoder.append(
      head, body: arena.protobuf(body), to: &output, frameBytesMax: whole)
    let count = output.count
    #expect(fits && count == 4 + whole)
  }
}
