import Telemetry

/// Traces of a root named `request` and children given as name, start and end.
enum SmallTrace {
  static let id = TraceID(high: 1, low: 2)

  static func span(
    _ id: UInt64, of parent: UInt64, _ name: String, _ start: UInt64, _ end: UInt64,
    _ kind: Span.Kind = .client
  ) -> Span {
    Span(
      id: id, parent: parent, name: name, kind: kind, service: "s", instance: "i",
      startMicroseconds: start, durationMicroseconds: end - start)
  }

  static func trace(
    _ duration: UInt64, _ children: [(name: String, start: UInt64, end: UInt64)] = [],
    reasons: TraceReasons = .sampled, weight: Double = 1, start: Int64 = 0, low: UInt64 = 2,
    requestID: String = ""
  ) -> Trace {
    var trace = Trace(
      id: TraceID(high: 1, low: low), requestID: requestID, reasons: reasons, weight: weight,
      startUnixNanoseconds: start, root: span(1, of: 0, "request", 0, duration, .server))
    for (index, child) in children.enumerated() {
      trace.append(span(UInt64(index) + 2, of: 1, child.name, child.start, child.end))
    }
    return trace
  }
}
