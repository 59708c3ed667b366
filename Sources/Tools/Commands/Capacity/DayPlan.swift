/// A day of a cluster whose gateways and model servers are scaled by the load.
struct DayPlan: Equatable, Sendable {
  /// One moment.
  struct Moment: Equatable, Sendable {
    let second: Double
    let requestsPerSecond: Double
    /// That take traffic.
    let ready: [ServiceKind: Int]
    /// Of the threads that are left when one replica of each service is lost, in the fullest service.
    let busyWithoutOne: Double
    let fullest: ServiceKind
  }

  let curve: DayCurve
  /// For the peak's rate, as if it lasted.
  let peak: CapacityPlan
  /// Every minute.
  let moments: [Moment]
  /// In which the loss of a replica would have taken the rest beyond the goal.
  let shortSeconds: Double
  let worst: Moment
  /// The worst moment, simulated as if it lasted, with one replica of each service lost.
  let worstBehaviour: CapacityPlan.Behaviour
  let replicaHours: Double
  /// What replicas for the peak, all day, would have come to.
  let fixedReplicaHours: Double
  let needs: [RampNeed]

  /// Least replicas that an autoscaler must be told to keep, for a dinner that comes within the time.
  struct RampNeed: Equatable, Sendable {
    let rampMinutes: Double
    let replicasMin: [ServiceKind: Int]
  }
}
