/// How many replicas a rate needs, and how they do.
struct CapacityPlan: Equatable, Sendable {
  /// What the simulation of some replicas under some rate showed.
  struct Behaviour: Equatable, Sendable {
    let p50Milliseconds: Double
    let p99Milliseconds: Double
    /// Of all requests, answered by a fallback or refused.
    let sufferedShare: Double
    /// Of a replica's thread, by service.
    let busyShares: [ServiceKind: Double]
  }

  let requestsPerSecond: Double
  /// One more of each than the goal needs.
  let replicas: [ServiceKind: Int]
  /// Processors that are busy, by service.
  let busyThreads: [ServiceKind: Double]
  let whole: Behaviour
  /// With one replica of each service lost.
  let withoutOne: Behaviour

  /// Each replica has one thread that serves.
  var threads: Int { replicas.values.reduce(0, +) }
  var busyThreadsSum: Double { busyThreads.values.reduce(0, +) }
}

/// Why there is no plan.
struct CapacityProblem: Error, Equatable, CustomStringConvertible {
  let description: String
}
