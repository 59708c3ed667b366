/// Who a request waited for, microsecond by microsecond: its critical path, by hop, replica and what
/// was done there. Pure.
package struct TraceBreakdown: Sendable {
  package enum Part: String, CaseIterable, Sendable {
    /// In the replica, before its handler.
    case queue
    case handler
    /// Encoding, kernels, network: what the caller saw and the replica did not.
    case wire
    /// For an attempt that failed, or that another one outran.
    case lost
    /// Between a call's attempts, when nobody was asked.
    case pause
    /// In the gateway itself.
    case own
  }

  package struct Share: Equatable, Sendable {
    /// `Inference/Score`; `gateway` for the request's own time.
    package var hop: String
    /// Empty unknown.
    package var replica: String
    package var part: Part
    package var microseconds: UInt64

    package init(hop: String, replica: String, part: Part, microseconds: UInt64) {
      self.hop = hop
      self.replica = replica
      self.part = part
      self.microseconds = microseconds
    }
  }

  package static let gateway = "gateway"

  /// The longest first.
  package private(set) var shares: [Share] = []

  package init(_ trace: Trace) {
    var positions: [UInt64: Int] = [:]
    for (index, span) in trace.spans.enumerated() where positions[span.id] == nil {
      positions[span.id] = index
    }
    let callers = Set(trace.spans.filter { $0.kind == .client }.map(\.parent))
    for piece in CriticalPath(trace).pieces {
      let span = trace.spans[piece.span]
      let hop = Self.hop(of: piece.span, trace, positions)
      for (part, microseconds) in Self.parts(
        span, piece, isRoot: piece.span == 0, hasAttempts: callers.contains(span.id))
      where microseconds > 0 {
        let replica = part == .pause ? "" : Self.replica(span)
        add(Share(hop: hop, replica: replica, part: part, microseconds: microseconds))
      }
    }
    shares.sort {
      ($1.microseconds, $0.hop, $0.part.rawValue, $0.replica)
        < ($0.microseconds, $1.hop, $1.part.rawValue, $1.replica)
    }
  }

  private mutating func add(_ share: Share) {
    let known = shares.firstIndex {
      $0.hop == share.hop && $0.replica == share.replica && $0.part == share.part
    }
    if let known {
      shares[known].microseconds += share.microseconds
    } else {
      shares.append(share)
    }
  }

  private static func parts(
    _ span: Span, _ piece: CriticalPath.Piece, isRoot: Bool, hasAttempts: Bool
  ) -> [(Part, UInt64)] {
    switch span.kind {
    case _ where isRoot: return [(.own, piece.durationMicroseconds)]
    case .internal: return [(.own, piece.durationMicroseconds)]
    case .client where hasAttempts: return [(.pause, piece.durationMicroseconds)]
    case .client:
      let isLost = span.isLost || span.failure != nil
      return [(isLost ? .lost : .wire, piece.durationMicroseconds)]
    case .server:
      // The queue comes first.
      let (end, overflow) = span.startMicroseconds.addingReportingOverflow(
        span.integer("brigade.queue_us"))
      let queueEnd = overflow ? .max : end
      let queue = min(queueEnd, piece.endMicroseconds)
      let queued = queue - min(queue, piece.startMicroseconds)
      return [(.queue, queued), (.handler, piece.durationMicroseconds - queued)]
    }
  }

  /// A call that nobody answered is no replica's, least of all the caller's own.
  private static func replica(_ span: Span) -> String {
    span.kind == .client ? span.text("brigade.replica") : span.instance
  }

  /// The request's child that the span is in.
  private static func hop(of index: Int, _ trace: Trace, _ positions: [UInt64: Int]) -> String {
    var span = trace.spans[index]
    // No longer than there are spans: ids may make a circle.
    for _ in trace.spans where span.parent != trace.root.id {
      guard let parent = positions[span.parent] else { break }
      span = trace.spans[parent]
    }
    return span.id == trace.root.id ? gateway : shortMethod(span.name)
  }
}

/// `Inference/Score` of `brigade.v1.Inference/Score`.
package func shortMethod(_ name: String) -> String {
  name.hasPrefix("brigade.v1.") ? String(name.dropFirst("brigade.v1.".count)) : name
}
