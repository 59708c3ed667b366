internal import RPC
internal import Telemetry

/// Tells people what requests are ranked with, and why it is not what is wanted. Each loop decides
/// for itself from the same facts, so what was told last is not told again.
final class RolloutTelling: Sendable {
  /// What was told last.
  struct Told: Equatable, Sendable {
    var model = ""
    /// Tag of the set that the rows are of; nil where that is not known.
    var features: String?
    var waits: [Rollout.Reason: String] = [:]
    /// By the model.
    var ofArms: [ModelWish: String] = [:]
  }

  private let log: Log
  private let waiting: [Rollout.Reason: Gauge]
  private let told = Guarded(Told())

  init(_ metrics: MetricsRegistry, log: Log) {
    self.log = log
    waiting = Dictionary(
      uniqueKeysWithValues: Rollout.Reason.allCases.map { reason in
        (
          reason,
          metrics.gauge(
            "brigade_gateway_rollout_waiting",
            "1 where the model that is wanted does not rank requests yet, by what is missing",
            labels: ["reason": reason.rawValue])
        )
      })
  }

  var lastTold: Told { told.withLock { $0 } }

  func tell(_ plan: RankingPlan) {
    let isNew = told.withLock { told in
      defer { (told.model, told.features) = (plan.model, plan.featuresTag?.text) }
      return told.model != plan.model
    }
    guard isNew, !plan.model.isEmpty else { return }
    log.info(
      "model chosen",
      ["model": plan.model, "features": plan.featuresTag?.text ?? "as they come"])
  }

  /// - Parameter detail: nil when it waits no longer.
  func tell(_ reason: Rollout.Reason, _ detail: String?) {
    let isNew = told.withLock { told in
      guard told.waits[reason] != detail else { return false }
      told.waits[reason] = detail
      // Set while no other loop can, so that the gauge is what was told last.
      waiting[reason]?.set(detail == nil ? 0 : 1)
      return true
    }
    guard isNew else { return }
    if let detail {
      log.error("rollout waits", ["why": reason.rawValue, "reason": detail])
    } else {
      log.info("rollout goes on", ["why": reason.rawValue])
    }
  }

  /// - Parameter detail: nil when the model that an arm names waits no longer.
  func tell(arm wish: ModelWish, _ detail: String?) {
    let isNew = told.withLock { told in
      defer { told.ofArms[wish] = detail }
      return told.ofArms[wish] != detail
    }
    guard isNew else { return }
    if let detail {
      log.error(
        "an arm of an experiment waits", ["model": wish.reference, "reason": detail])
    } else {
      log.info("an arm of an experiment waits no longer", ["model": wish.reference])
    }
  }

  /// - Parameter among: the reasons that this is about; the others are not touched.
  func tell(_ wait: Rollout.Wait?, among reasons: [Rollout.Reason]) {
    for reason in reasons { tell(reason, wait?.reason == reason ? wait?.detail : nil) }
  }
}
