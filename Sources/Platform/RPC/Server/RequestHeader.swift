internal import CMessages
internal import Glibc

/// What a server needs of a request's head, with the method's name in place.
struct RequestHeader {
  private(set) var call: UInt64 = 0
  /// Within the frame, or in the arena until its reset.
  private(set) var method = UnsafeRawBufferPointer(start: nil, count: 0)
  /// What the caller names; 0 asks for the default.
  private(set) var budgetAskedMicroseconds: UInt64 = 0
  private(set) var trace = TraceContext()
  private(set) var attempt: UInt32 = 0
  private(set) var priority: UInt32 = 0
  /// To be read from the head once more: few calls have any.
  private(set) var hasMetadata = false

  /// Of a request that did not come in a frame.
  init(call: UInt64, trace: TraceContext) {
    self.call = call
    self.trace = trace
    attempt = 1
  }

  /// Nil for a head that is broken, and for one with more in it than every call has.
  init?(plain bytes: UnsafeBufferPointer<UInt8>) {
    var reader = HeadReader(bytes)
    var traceID = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    var parentSpan: UInt64 = 0
    var traceFlags: UInt32 = 0
    while !reader.isAtEnd {
      switch reader.byte() {
      case 0x08: call = reader.varint()
      case 0x12: method = UnsafeRawBufferPointer(reader.delimited())
      case 0x18: budgetAskedMicroseconds = reader.varint()
      case 0x22: traceID = reader.delimited()
      case 0x29: parentSpan = reader.fixed64()
      case 0x30: traceFlags = UInt32(truncatingIfNeeded: reader.varint())
      case 0x38: attempt = UInt32(truncatingIfNeeded: reader.varint())
      case 0x40: priority = UInt32(truncatingIfNeeded: reader.varint())
      default: reader.giveUp()
      }
    }
    guard reader.isPlain else { return nil }
    trace = TraceContext(traceID, parentSpan: parentSpan, flags: traceFlags)
  }

  /// Nil when the bytes are no RequestHead. The method's name is in the arena.
  init?(unpacking bytes: UnsafeBufferPointer<UInt8>, in arena: Arena) {
    guard
      let head = brigade__v1__request_head__unpack(arena.allocator, bytes.count, bytes.baseAddress)
    else { return nil }
    let fields = head.pointee
    call = fields.call
    method = UnsafeRawBufferPointer(start: fields.method, count: strlen(fields.method))
    budgetAskedMicroseconds = fields.budget_us
    trace = TraceContext(
      UnsafeBufferPointer(start: fields.trace_id.data, count: fields.trace_id.len),
      parentSpan: fields.parent_span_id, flags: fields.trace_flags)
    attempt = fields.attempt
    priority = fields.priority
    hasMetadata = fields.n_metadata > 0
  }
}

extension Limits {
  /// What a caller gets that asks for so much; nil for one that names no budget.
  func budgetMicroseconds(asked: UInt64?) -> Int64 {
    let budgetMax = budgetMilliseconds * 1_000
    guard let asked else { return min(budgetDefaultMilliseconds * 1_000, budgetMax) }
    return Int64(clamping: min(asked, UInt64(budgetMax)))
  }
}
