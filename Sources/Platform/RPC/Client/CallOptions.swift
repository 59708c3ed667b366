package import Telemetry

/// What a caller asks of a call.
package struct CallOptions: Sendable {
  package var deadline: Instant
  /// Time for one attempt, after which another replica is tried if there is one.
  package var attemptNanoseconds: Int64
  package var trace: TraceContext
  package var priority: UInt32
  /// For interceptors and handlers; at most `Limits.metadataBytesMax`.
  package var metadata: [Metadata]
  /// What a replica must have loaded to be asked; nil where any will do.
  package var requires: ServedTag?

  package init(
    deadline: Instant, attemptNanoseconds: Int64 = .max, trace: TraceContext = TraceContext(),
    priority: UInt32 = 0, metadata: [Metadata] = [], requires: ServedTag? = nil
  ) {
    self.deadline = deadline
    self.attemptNanoseconds = attemptNanoseconds
    self.trace = trace
    self.priority = priority
    self.metadata = metadata
    self.requires = requires
  }
}
