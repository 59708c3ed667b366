internal import CMessages

/// What a server needs of a request's head, read without copying its strings.
struct RequestHeader {
  let call: UInt64
  /// Within the server's limit; what it gives by default if the caller named none.
  let budgetMicroseconds: Int64
  let trace: TraceContext
  let attempt: UInt32
  let priority: UInt32

  /// Nil when the bytes are no RequestHead. `lookUp` sees the method's name in place.
  init?<Entry>(
    _ bytes: UnsafeRawBufferPointer, limits: Limits, in arena: Arena, method: inout Entry?,
    lookUp: (UnsafePointer<CChar>) -> Entry?
  ) {
    defer { arena.reset() }
    guard
      let head = brigade__v1__request_head__unpack(
        arena.allocator, bytes.count, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    else { return nil }
    let fields = head.pointee
    call = fields.call
    let budgetMax = limits.budgetMilliseconds * 1_000
    budgetMicroseconds =
      fields.budget_us == 0
      ? min(limits.budgetDefaultMilliseconds * 1_000, budgetMax)
      : Int64(clamping: min(fields.budget_us, UInt64(budgetMax)))
    trace = TraceContext(
      UnsafeBufferPointer(start: fields.trace_id.data, count: fields.trace_id.len),
      parentSpan: fields.parent_span_id, flags: fields.trace_flags)
    attempt = fields.attempt
    priority = fields.priority
    method = lookUp(fields.method)
  }
}
