package import Telemetry

/// What a call took, attempt by attempt.
package struct CallReport: Sendable {
  package struct Attempt: Sendable {
    /// The replica's own name; its address as long as it has not said it.
    package var replica: String
    package var start: Instant
    package var end: Instant
    package var code: Code
    package var message: String
    /// 1 for the first that was begun.
    package var number = 1
    /// A second copy, sent while an earlier one was still awaited.
    package var isHedge = false
    /// Of the frames on the wire, compressed where they were; 0 where there was none.
    package var requestBytes = 0
    package var answerBytes = 0
    /// In the replica, as its answer says, be it an error: before its handler, and in it.
    package var queueMicroseconds: UInt64 = 0
    package var handlerMicroseconds: UInt64 = 0

    /// What was neither queue nor handler: encoding, kernels, network.
    package var wireMicroseconds: UInt64 {
      let total = end.microseconds(since: start)
      // The replica says these; they may be anything.
      let (inside, overflow) = queueMicroseconds.addingReportingOverflow(handlerMicroseconds)
      return !overflow && total > inside ? total - inside : 0
    }
  }

  package var method: String
  package var start: Instant
  package var end: Instant
  /// The attempt that answered, or the last one to end; by itself, as most calls have no other.
  package private(set) var last: Attempt?
  /// Those before it, nearly always none.
  package private(set) var earlier: [Attempt] = []
  /// Whether the answer came compressed.
  package var isCompressed = false

  package init(method: String, start: Instant, end: Instant) {
    self.method = method
    self.start = start
    self.end = end
  }

  /// In the order of their ends.
  package var attempts: [Attempt] {
    get { last.map { earlier + [$0] } ?? [] }
    set {
      last = newValue.last
      earlier = newValue.dropLast()
    }
  }

  mutating func add(_ attempt: consuming Attempt) {
    if let last { earlier.append(last) }
    last = attempt
  }
}

/// How a call ended, and what it took.
package struct CallOutcome<Response: Sendable>: Sendable {
  package var result: Result<Response, RPCError>
  package var report: CallReport
  /// The answer's, of a failure too.
  package var metadata: [Metadata] = []

  package init(
    result: Result<Response, RPCError>, report: CallReport, metadata: [Metadata] = []
  ) {
    self.result = result
    self.report = report
    self.metadata = metadata
  }
}
