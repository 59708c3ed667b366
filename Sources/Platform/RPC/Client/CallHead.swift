/// The head of a request on its way: RPC's RequestHead, without what is not sent.
struct CallHead: DirectHead {
  static let kind = FrameKind.request
  private static let traceBytes = 16

  var call: UInt64
  var method = UnsafeRawBufferPointer(start: nil, count: 0)
  var budgetMicroseconds: UInt64
  var trace: TraceContext
  var attempt: UInt32
  var priority: UInt32
  /// Fields of metadata as they are sent.
  var metadata = UnsafeRawBufferPointer(start: nil, count: 0)

  var bytesMax: Int {
    8 * HeadWriter.varintFieldBytesMax + Self.traceBytes + method.count + metadata.count
  }

  @inline(__always)
  func write(to writer: inout HeadWriter) {
    writer.field(1, call)
    writer.field(2, method)
    writer.field(3, budgetMicroseconds)
    if trace.isPresent {
      let id = (trace.traceHigh.bigEndian, trace.traceLow.bigEndian)
      withUnsafeBytes(of: id) { writer.field(4, $0) }
    }
    writer.fixed64Field(5, trace.parentSpan)
    writer.field(6, UInt64(trace.flags))
    writer.field(7, UInt64(attempt))
    writer.field(8, UInt64(priority))
    writer.fields(metadata)
  }
}
