/// The last traces of each class. Pure. A full ring gives its oldest away, so that a flood of one
/// class leaves the others alone.
package struct TraceRings: Sendable {
  /// In which order traces are listed.
  package enum Order: String, CaseIterable, Sendable {
    case newest
    case slowest
  }

  private struct Ring: Sendable {
    var traces: [Trace] = []
    /// Where the next one goes once the ring is full: the oldest.
    var next = 0
  }

  package let capacity: Int
  private var rings = [Ring](repeating: Ring(), count: TraceClass.allCases.count)

  /// - Parameter capacity: traces of each class; one takes about ten kilobytes.
  package init(capacity: Int) {
    precondition(capacity > 0)
    self.capacity = capacity
  }

  package var count: Int { rings.reduce(0) { $0 + $1.traces.count } }

  /// What was kept for no reason is left out.
  package mutating func keep(_ trace: Trace) {
    guard let index = trace.reasons.first.map({ Int($0.bit) }) else { return }
    if rings[index].traces.count < capacity {
      rings[index].traces.append(trace)
    } else {
      rings[index].traces[rings[index].next] = trace
      rings[index].next = (rings[index].next + 1) % capacity
    }
  }

  /// By its own id or the request's; the newest where several have it.
  package func find(_ id: String) -> Trace? {
    let traceID = TraceID(id)
    return rings.flatMap(\.traces).filter { $0.id == traceID || $0.requestID == id }
      .max { $0.startUnixNanoseconds < $1.startUnixNanoseconds }
  }

  /// - Parameters:
  ///   - kind: that the trace was kept for, be it for others too; nil for all.
  ///   - since: when the request began at the earliest, Unix nanoseconds.
  package func list(
    _ kind: TraceClass?, _ order: Order, since: Int64 = .min, limit: Int
  ) -> [Trace] {
    let all = rings.flatMap(\.traces).filter {
      $0.startUnixNanoseconds >= since && kind.map($0.reasons.contains) ?? true
    }
    let sorted =
      switch order {
      case .newest: all.sorted { $0.startUnixNanoseconds > $1.startUnixNanoseconds }
      case .slowest: all.sorted { $0.durationMicroseconds > $1.durationMicroseconds }
      }
    return Array(sorted.prefix(max(0, limit)))
  }

  /// Traces that were kept for a class, or for any.
  package func count(_ kind: TraceClass?, since: Int64 = .min) -> Int {
    rings.reduce(0) { sum, ring in
      sum
        + ring.traces.count {
          $0.startUnixNanoseconds >= since && kind.map($0.reasons.contains) ?? true
        }
    }
  }
}
