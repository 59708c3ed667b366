internal import RPC
internal import Telemetry

/// The hops of a request, in the order of the pipeline.
package enum HopKind: String, CaseIterable, Sendable {
  case user
  case retrieval
  case features
  case inference
}

/// A hop's share of a request's time.
struct HopBudget: Equatable, Sendable {
  /// All attempts together.
  var milliseconds: Int
  /// One attempt, after which another replica is tried.
  var attemptMilliseconds: Int
}

/// Splits a request's time over its hops. Pure.
///
/// A request that comes with less time than the gateway plans for gets proportionally less at each
/// hop, so that the last one is not the only one to suffer. A hop that needs less than its share
/// leaves the rest to those after it.
struct TimeBudget: Sendable {
  /// Kept for the rules and for the answer's way out, in thousandths of the whole.
  static let reservePermille: Int64 = 50
  /// The least that is kept, but for a half: loops wake up to a millisecond late, and the answer
  /// has a way to go.
  static let reserveLeastNanoseconds: Int64 = 2_000_000
  /// With less than this left a hop is not begun: its answer would come too late.
  static let leastNanoseconds: Int64 = 500_000

  private let hops: [HopKind: HopBudget]
  private let scalePermille: Int64
  private let end: Instant

  init(
    hops: [HopKind: HopBudget], plannedMilliseconds: Int, received: Instant, deadline: Instant
  ) {
    self.hops = hops
    let planned = Int64(plannedMilliseconds) * 1_000_000
    let given = min(max(0, deadline.nanoseconds(since: received)), planned)
    scalePermille = given * 1_000 / planned
    let reserve = max(given * Self.reservePermille / 1_000, Self.reserveLeastNanoseconds)
    end = received.adding(nanoseconds: given - min(reserve, given / 2))
  }

  /// How long a hop that begins now may take; nil when it should not be begun.
  func options(_ hop: HopKind, now: Instant, trace: TraceContext) -> CallOptions? {
    let left = end.nanoseconds(since: now)
    guard left >= Self.leastNanoseconds, let budget = hops[hop] else { return nil }
    let share = Int64(budget.milliseconds) * 1_000 * scalePermille
    let attempt = Int64(budget.attemptMilliseconds) * 1_000 * scalePermille
    return CallOptions(
      deadline: now.adding(nanoseconds: min(share, left)), attemptNanoseconds: attempt,
      trace: trace)
  }
}
