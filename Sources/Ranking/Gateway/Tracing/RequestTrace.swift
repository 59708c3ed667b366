package import RPC
package import Telemetry

/// What is known of a request's trace from its beginning on. Allocates nothing.
package struct RequestTrace: Equatable, Sendable {
  package let id: TraceID
  /// The caller's; 0 for none.
  package let callerSpan: UInt64
  /// The request's own.
  package let rootSpan: UInt64
  /// As they travel on: those that record what they do for this request know of it.
  package let flags: UInt32
  /// The caller would see the trace whole.
  package let isAsked: Bool
  /// Chance has chosen it.
  package let isSampled: Bool

  /// - Parameters:
  ///   - caller: the context that the request came with; without one, a trace is begun.
  ///   - isAsked: wanted in another way than by `traceparent`'s flag.
  ///   - randomness: that the caller names; nil for that of the trace's id.
  package init(
    _ caller: TraceContext, received: Instant, isAsked: Bool = false,
    randomness: Randomness? = nil, sampler: TraceSampler,
    random: inout some RandomNumberGenerator
  ) {
    var context = caller
    if !context.isPresent { context = TraceContext(random: &random) }
    id = context.id
    callerSpan = context.parentSpan
    rootSpan = context.serverSpan(received: received)
    self.isAsked = isAsked || context.isSampled
    isSampled = sampler.isSampled(randomness ?? Randomness(of: id))
    flags = context.flags | (self.isAsked || isSampled ? 1 : 0)
  }

  /// Of the call in one hop, all its attempts together.
  package func span(_ hop: HopKind) -> UInt64 { SpanID.child(of: rootSpan, hop.spanIndex) }

  /// Of the call that hands events to the log's writer.
  package var appendSpan: UInt64 { SpanID.child(of: rootSpan, HopKind.appendIndex) }

  /// What a hop's calls carry.
  package func context(_ hop: HopKind) -> TraceContext { context(of: span(hop)) }

  /// What calls carry that a span is of.
  package func context(of span: UInt64) -> TraceContext {
    var context = TraceContext()
    context.traceHigh = id.high
    context.traceLow = id.low
    context.parentSpan = span
    context.flags = flags
    return context
  }
}

extension HopKind {
  /// After those of the hops.
  fileprivate static let appendIndex: UInt64 = 5

  /// Among the request's children.
  fileprivate var spanIndex: UInt64 {
    switch self {
    case .user: 1
    case .retrieval: 2
    case .features: 3
    case .inference: 4
    }
  }
}
