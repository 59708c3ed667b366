internal import Messages
internal import RPC
internal import Telemetry

/// The state of one rank request, which the pipeline takes from hop to hop.
struct RankRun {
  let question: RankQuestion
  let call: CallContext
  let trace: RequestTrace
  let budget: TimeBudget
  let record: HopRecord
  let treatment: Treatment
  var hops: [Hop] = []
  /// Nearly always none.
  var fallbacks: [Fallback] = []
  /// Nil unless the question asks for an explanation.
  var notes: ExplanationNotes?
  var model = ""
  /// That the list should be ordered by, and the model does not have.
  var missingHead: String?
  var retrievalPosition: UInt64 = 0
  var featuresPosition: UInt64 = 0

  struct Fallback {
    var method: String
    var rung: Rung
    var reason: HopFailure.Reason
  }

  var plan: RankingPlan { treatment.plan }

  func options(_ hop: HopKind, requires tag: ServedTag? = nil) -> CallOptions? {
    var options = budget.options(hop, now: .now(), trace: trace.context(hop))
    options?.requires = tag
    return options
  }

  /// What to score by where nobody has what was asked for; nil where there is nothing else.
  func planInstead(
    of asked: RankingPlan, rows schema: UInt64, after code: Code?
  ) -> RankingPlan? {
    guard let own = treatment.ownPlan else {
      guard code == .notFound, asked.model != asked.modelName else { return nil }
      return RankingPlan(model: asked.modelName)
    }
    // Replicas that say nothing of their models may have one that takes other features.
    guard code == .notFound || code == .failedPrecondition else { return nil }
    return own.differs(from: schema) ? RankingPlan(model: own.modelName) : own
  }

  mutating func fellBack<Request, Response>(
    _ method: Method<Request, Response>, _ failure: HopFailure, _ rung: Rung
  ) {
    hops.append(
      failure.report.map { record.hop($0, fallback: (rung, failure.why)) }
        ?? record.skipped(method.name, rung, why: failure.why, now: .now()))
    fallbacks.append(Fallback(method: method.name, rung: rung, reason: failure.reason))
  }

  mutating func skip<Request, Response>(
    _ method: Method<Request, Response>, why: String
  ) {
    hops.append(record.skipped(method.name, .skipped, why: why, now: .now()))
  }
}
