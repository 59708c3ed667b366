/// The head of an answer on its way: RPC's ResponseHead, without what is not sent.
struct AnswerHead: DirectHead {
  static let kind = FrameKind.response

  var call: UInt64
  var code = Code.ok
  /// For people; empty when the code is OK.
  var message = UnsafeRawBufferPointer(start: nil, count: 0)
  var advice = RetryAdvice.mayHaveRun
  var queueMicroseconds: UInt64
  var handlerMicroseconds: UInt64
  var loadInFlight: UInt32
  var loadPermille: UInt32
  /// Fields of metadata as they are sent.
  var metadata = UnsafeRawBufferPointer(start: nil, count: 0)

  var bytesMax: Int { 8 * HeadWriter.varintFieldBytesMax + message.count + metadata.count }

  @inline(__always)
  func write(to writer: inout HeadWriter) {
    writer.field(1, call)
    writer.field(2, UInt64(code.rawValue))
    writer.field(3, message)
    writer.field(4, UInt64(advice.rawValue))
    writer.field(5, queueMicroseconds)
    writer.field(6, handlerMicroseconds)
    writer.field(7, UInt64(loadInFlight))
    writer.field(8, UInt64(loadPermille))
    writer.fields(metadata)
  }
}
