import CMessages
import TestSupport
import Testing

@testable import RPC

@Suite struct AnswerHeaderTests {
  /// What is read of a head, in a form that compares.
  private struct Fields: Equatable {
    var numbers: [UInt64]
    var message: [UInt8]
    var advice: RetryAdvice

    init(_ header: borrowing AnswerHeader) {
      numbers = [
        header.call, UInt64(header.code), header.queueMicroseconds, header.handlerMicroseconds,
        UInt64(header.loadInFlight), UInt64(header.loadPermille),
      ]
      message = Array(header.message)
      advice = header.advice
    }
  }

  private func plain(_ bytes: [UInt8]) -> Fields? {
    bytes.withUnsafeBufferPointer { AnswerHeader(plain: $0).map { Fields($0) } }
  }

  private func unpacked(_ bytes: [UInt8], in arena: Arena) -> Fields? {
    defer { arena.reset() }
    return bytes.withUnsafeBufferPointer { bytes in
      AnswerHeader(unpacking: bytes, in: arena).map { Fields($0) }
    }
  }

  /// As a server may write it: any field may be absent.
  private func head(_ random: inout SeededGenerator) -> ResponseHead {
    var head = ResponseHead()
    head.call = random.integer(bits: 63)
    if random.chance(2) { head.code = UInt32(random.integer(bits: 5)) }
    if random.chance(2) { head.message = random.text() }
    if random.chance(2) { head.advice = RetryAdvice.allCases.randomElement(using: &random)! }
    if random.chance(2) { head.queueMicroseconds = random.integer(bits: 63) }
    if random.chance(2) { head.handlerMicroseconds = random.integer(bits: 20) }
    if random.chance(2) { head.loadInFlight = UInt32(random.integer(bits: 32)) }
    if random.chance(2) { head.loadPermille = UInt32(random.integer(bits: 32)) }
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
      // A C string ends at its first zero.
      if let zero = read.message.firstIndex(of: 0) { read.message.removeSubrange(zero...) }
      #expect(read == unpacked(bytes, in: arena), "seed \(seed): \(bytes)")
    }
    #expect(accepted > 2_000 && left > 2_000)
  }

  @Test func `metadata is left to protobuf-c, and read`() throws {
    let arena = Arena()
    var head = ResponseHead()
    head.call = 5
    var entry = Metadata()
    entry.name = "colour"
    entry.value = [1, 2]
    head.metadata = [entry]
    let bytes = head.encoded()
    #expect(plain(bytes) == nil)
    let metadata = bytes.withUnsafeBufferPointer { bytes in
      AnswerHeader(unpacking: bytes, in: arena).map { $0.metadata }
    }
    #expect(metadata?.map(\.name) == ["colour"] && metadata?.first?.value == [1, 2])
  }

  @Test func `a request's head is written as protobuf-c writes it`() {
    for seed in UInt64(1)...1_000 {
      var random = SeededGenerator(seed: seed)
      var expected = RequestHead()
      expected.call = random.next()
      expected.method = "brigade.v1.\(random.text())"
      expected.budgetMicroseconds = random.integer(bits: 40)
      // A span belongs to a trace.
      if random.chance(2) {
        expected.traceID = [7] + random.bytes(15...15)
        expected.parentSpanID = random.next()
        expected.traceFlags = UInt32(random.integer(bits: 2))
      }
      expected.attempt = UInt32(random.integer(bits: 2))
      expected.priority = UInt32(random.integer(bits: 3))
      if random.chance(3) {
        var entry = Metadata()
        entry.name = "name"
        entry.value = random.bytes(0...300)
        expected.metadata = [entry]
      }
      #expect(written(expected) == RawFrame(.request, expected).bytes, "seed \(seed)")
    }
  }

  private func written(_ head: RequestHead) -> [UInt8] {
    let trace = head.traceID.withUnsafeBufferPointer {
      TraceContext($0, parentSpan: head.parentSpanID, flags: head.traceFlags)
    }
    var output = ByteQueue()
    var name = head.method
    name.withUTF8 { name in
      head.metadata.asHeadFields.withUnsafeBytes { metadata in
        let direct = CallHead(
          call: head.call, method: UnsafeRawBufferPointer(name),
          budgetMicroseconds: head.budgetMicroseconds, trace: trace, attempt: head.attempt,
          priority: head.priority, metadata: metadata)
        _ = FrameEncoder.append(direct, body: nil, to: &output, frameBytesMax: 8 << 10)
      }
    }
    return Array(output.unread)
  }
}
