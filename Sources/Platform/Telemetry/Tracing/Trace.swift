/// A request's spans, kept whole.
package struct Trace: Equatable, Sendable {
  /// More are left out: four hops with eight attempts and their servers are below it.
  package static let spansMax = 96

  package var id: TraceID
  /// The application's own id for the request.
  package var requestID: String
  /// W3C's `tracestate`, as it came.
  package var state: String
  /// W3C's trace flags: bit 0 sampled.
  package var flags: UInt32
  package var reasons: TraceReasons
  /// How many requests this one stands for: one where it was kept for what it is, more where by
  /// chance.
  package var weight: Double
  package var startUnixNanoseconds: Int64
  /// The request itself first.
  package private(set) var spans: [Span]

  package init(
    id: TraceID, requestID: String, state: String = "", flags: UInt32 = 0, reasons: TraceReasons,
    weight: Double = 1, startUnixNanoseconds: Int64, root: Span
  ) {
    self.id = id
    self.requestID = requestID
    self.state = state
    self.flags = flags
    self.reasons = reasons
    self.weight = weight
    self.startUnixNanoseconds = startUnixNanoseconds
    spans = [root]
  }

  package var root: Span {
    get { spans[0] }
    set { spans[0] = newValue }
  }

  package var durationMicroseconds: UInt64 { root.durationMicroseconds }

  package mutating func append(_ span: Span) {
    if spans.count < Self.spansMax { spans.append(span) }
  }

  package mutating func reserve(_ count: Int) { spans.reserveCapacity(min(count, Self.spansMax)) }

  /// Positions in `spans` of a span's children, in the order of their start.
  package func children(of id: UInt64) -> [Int] {
    spans.indices.dropFirst().filter { spans[$0].parent == id }
      .sorted { (spans[$0].startMicroseconds, $0) < (spans[$1].startMicroseconds, $1) }
  }
}

/// Why a trace was kept.
package struct TraceReasons: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package init(_ one: TraceClass) { self.init(rawValue: 1 << one.bit) }

  package static let asked = TraceReasons(.asked)
  package static let failed = TraceReasons(.failed)
  package static let degraded = TraceReasons(.degraded)
  package static let slow = TraceReasons(.slow)
  package static let sampled = TraceReasons(.sampled)

  package func contains(_ one: TraceClass) -> Bool { contains(TraceReasons(one)) }

  package var classes: [TraceClass] { TraceClass.allCases.filter { contains($0) } }

  /// The class that it is kept among.
  package var first: TraceClass? { classes.first }
}

/// What traces are kept by; a trace of several classes is kept with the first of them here.
package enum TraceClass: String, CaseIterable, Sendable {
  /// The caller wanted it.
  case asked
  case failed
  case degraded
  /// Slower than 99 of 100 before it.
  case slow
  /// By chance, so that the usual can be seen too.
  case sampled

  var bit: UInt8 {
    switch self {
    case .asked: 0
    case .failed: 1
    case .degraded: 2
    case .slow: 3
    case .sampled: 4
    }
  }
}
