internal import CMessages

/// What a server needs of a request's head, read without copying its strings.
struct RequestHeader {
  let call: UInt64
  /// Within the server's limit; what it gives by default if the caller named none.
  let budgetMicroseconds: Int64
  let trace: TraceContext
  let attempt: UInt32
  let priority: UInt32
  let metadata: [Metadata]

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
    budgetMicroseconds = limits.budgetMicroseconds(
      asked: fields.budget_us == 0 ? nil : fields.budget_us)
    trace = TraceContext(
      UnsafeBufferPointer(start: fields.trace_id.data, count: fields.trace_id.len),
      parentSpan: fields.parent_span_id, flags: fields.trace_flags)
    attempt = fields.attempt
    priority = fields.priority
    metadata = fields.n_metadata == 0 ? [] : Array(fields.metadata, fields.n_metadata)
    method = lookUp(fields.method)
  }

  /// Of a request that did not come in a frame.
  init(call: UInt64, budgetMicroseconds: Int64, trace: TraceContext) {
    self.call = call
    self.budgetMicroseconds = budgetMicroseconds
    self.trace = trace
    attempt = 1
    priority = 0
    metadata = []
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
