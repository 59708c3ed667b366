import TestSupport
import Testing

@testable import RPC

@Suite struct TraceContextTests {
  private func context(_ bytes: [UInt8]) -> TraceContext {
    bytes.withUnsafeBufferPointer { TraceContext($0, parentSpan: 7, flags: 1) }
  }

  @Test func `sixteen bytes come back as they were`() {
    let bytes = (1...16).map { UInt8($0) }
    let read = context(bytes)
    #expect(read.traceHigh == 0x0102_0304_0506_0708 && read.traceLow == 0x090A_0B0C_0D0E_0F10)
    #expect(read.bytes == bytes && read.isPresent)
    #expect(read.parentSpan == 7 && read.flags == 1)
  }

  @Test(arguments: [0, 1, 8, 15, 17, 32])
  func `any other number of bytes is no trace`(count: Int) {
    #expect(context([UInt8](repeating: 1, count: count)) == TraceContext())
  }

  @Test func `no trace travels as no bytes`() {
    #expect(!TraceContext().isPresent && TraceContext().bytes.isEmpty)
    #expect(!context([UInt8](repeating: 0, count: 16)).isPresent)
  }

  @Test func `a new trace is never the invalid one`() {
    struct Zeros: RandomNumberGenerator { mutating func next() -> UInt64 { 0 } }
    var zeros = Zeros()
    #expect(TraceContext(random: &zeros).isPresent)
    var random = SeededGenerator(seed: 1)
    #expect(TraceContext(random: &random) != TraceContext(random: &random))
  }
}
