internal import Messages
internal import RPC
internal import Telemetry

/// Tells people which experiments are under way and how many requests each arm had. Each loop reads
/// the file for itself, so what was told last is not told again.
final class ExperimentTelling: Sendable {
  /// Of arms, in one process's life: the file may change as often as people like, and each arm that
  /// there ever was stays on the page of metrics, which has no more series of one name.
  static let seriesMax = 1_000

  private struct Series: Hashable {
    let experiment: String
    let arm: String
    let isApplied: Bool
  }

  private struct Told {
    var set: ExperimentSet?
    var refusal: ExperimentError?
    var counters: [Series: Counter] = [:]
    /// What they were when the experiment's arms became what they are.
    var before: [Series: UInt64] = [:]
    var shares: [String: Gauge] = [:]
    var isFull = false

    /// Requests under other weights say nothing about these.
    mutating func countFromNow(_ experiment: String, _ arm: String) {
      for isApplied in [true, false] {
        let series = Series(experiment: experiment, arm: arm, isApplied: isApplied)
        before[series] = counters[series]?.value
      }
    }

    /// Nil where they are not counted.
    func requests(_ experiment: String, _ arm: String) -> ExperimentsStatus.Requests? {
      func count(_ isApplied: Bool) -> Int? {
        let series = Series(experiment: experiment, arm: arm, isApplied: isApplied)
        return counters[series].map { Int(clamping: $0.value - (before[series] ?? 0)) }
      }
      guard let applied = count(true), let notApplied = count(false) else { return nil }
      return ExperimentsStatus.Requests(all: applied + notApplied, notApplied: notApplied)
    }
  }

  private let registry: MetricsRegistry
  private let log: Log
  private let underWay: Gauge
  private let refused: Gauge
  private let told = Guarded(Told())

  init(_ metrics: MetricsRegistry, log: Log) {
    registry = metrics
    self.log = log
    underWay = metrics.gauge("brigade_gateway_experiments", "Experiments under way")
    refused = metrics.gauge(
      "brigade_gateway_experiments_refused",
      "1 where the file of experiments became one that cannot be used, so that those before go on")
  }

  // MARK: The file

  func tell(_ set: ExperimentSet) {
    let isNew = told.withLock { told in
      told.refusal = nil
      refused.set(0)
      guard told.set != set else { return false }
      underWay.set(Double(set.experiments.count))
      declare(set, &told)
      told.set = set
      return true
    }
    guard isNew, !set.layers.isEmpty else { return }
    log.info(
      "experiments under way",
      [
        "layers": set.layers.count,
        "experiments": set.experiments.map(\.name).joined(separator: ","),
      ])
  }

  /// What went on before goes on.
  func tell(_ error: ExperimentError) {
    let isNew = told.withLock { told in
      defer { told.refusal = error }
      refused.set(1)
      return told.refusal != error
    }
    guard isNew else { return }
    for problem in error.problems { log.error("experiments refused", ["problem": problem]) }
  }

  // MARK: Requests

  /// Of a list that somebody was shown.
  func served(_ arms: [Arm]) {
    guard !arms.isEmpty else { return }
    told.withLock { told in
      for arm in arms {
        let series = Series(experiment: arm.experiment, arm: arm.arm, isApplied: arm.applied)
        told.counters[series]?.increment()
      }
    }
  }

  /// What was told, and how many requests each arm had.
  var status: ExperimentsStatus {
    // A copy, so that to count keeps no request waiting.
    let told = told.withLock { $0 }
    let set = told.set ?? .none
    var requests: [String: [String: ExperimentsStatus.Requests]] = [:]
    for experiment in set.experiments {
      for arm in experiment.arms {
        requests[experiment.name, default: [:]][arm.name] =
          told.requests(experiment.name, arm.name)
      }
    }
    return ExperimentsStatus(set: set, refusal: told.refusal, requests: requests)
  }

  /// From the beginning, so that an arm without requests is seen to have none.
  private func declare(_ set: ExperimentSet, _ told: inout Told) {
    for gauge in told.shares.values { gauge.set(0) }
    for experiment in set.experiments {
      let last = told.set?.experiments.first { $0.name == experiment.name }
      let isNew = last?.arms != experiment.arms
      for (index, arm) in experiment.arms.enumerated() {
        guard add(experiment.name, arm.name, &told) else { return }
        told.shares["\(experiment.name)=\(arm.name)"]?.set(experiment.share(of: index))
        if isNew { told.countFromNow(experiment.name, arm.name) }
      }
    }
  }

  private func add(_ experiment: String, _ arm: String, _ told: inout Told) -> Bool {
    let key = "\(experiment)=\(arm)"
    guard told.shares[key] == nil else { return true }
    guard told.counters.count + 2 <= Self.seriesMax else {
      if !told.isFull {
        log.error(
          "arms of experiments are not counted until a restart",
          ["reason": "there were \(told.counters.count / 2) already"])
      }
      told.isFull = true
      return false
    }
    told.shares[key] = registry.gauge(
      "brigade_gateway_experiment_arm_share",
      "Share of an experiment's units that should have the arm; 0 when it is over",
      labels: ["experiment": experiment, "arm": arm])
    for isApplied in [true, false] {
      told.counters[Series(experiment: experiment, arm: arm, isApplied: isApplied)] =
        registry.counter(
          "brigade_gateway_experiment_requests_total",
          "Rank requests by arm, and whether that had its effect",
          labels: ["experiment": experiment, "arm": arm, "applied": "\(isApplied)"])
    }
    return true
  }
}
