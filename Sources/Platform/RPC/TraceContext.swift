package import Telemetry

/// The W3C trace that a call belongs to; all zero when there is none.
package struct TraceContext: Hashable, Sendable {
  package var traceHigh: UInt64 = 0
  package var traceLow: UInt64 = 0
  /// The caller's span.
  package var parentSpan: UInt64 = 0
  /// As in `traceparent`: bit 0 sampled.
  package var flags: UInt32 = 0

  package init() {}

  /// A new trace.
  package init(random: inout some RandomNumberGenerator) {
    traceHigh = random.next()
    // Zero is no valid id.
    traceLow = random.next() | 1
  }

  package var id: TraceID { TraceID(high: traceHigh, low: traceLow) }

  /// As in `traceparent`: the caller records the trace, and would see it whole.
  package var isSampled: Bool { flags & 1 != 0 }

  /// The span in which the server answers that received a call with this context.
  package func serverSpan(received: Instant) -> UInt64 {
    SpanID.server(of: id, parent: parentSpan, received: received)
  }

  package var isPresent: Bool { traceHigh | traceLow != 0 }

  /// The 16 bytes of the wire; anything else is no trace.
  init(_ bytes: UnsafeBufferPointer<UInt8>, parentSpan: UInt64, flags: UInt32) {
    guard bytes.count == 16 else { return }
    let raw = UnsafeRawBufferPointer(bytes)
    traceHigh = UInt64(bigEndian: raw.loadUnaligned(as: UInt64.self))
    traceLow = UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    self.parentSpan = parentSpan
    self.flags = flags
  }

  package var bytes: [UInt8] {
    guard isPresent else { return [] }
    var result: [UInt8] = []
    for half in [traceHigh, traceLow] {
      for shift in stride(from: 56, through: 0, by: -8) {
        result.append(UInt8(truncatingIfNeeded: half >> UInt64(shift)))
      }
    }
    return result
  }
}
