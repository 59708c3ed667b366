/// The rule of Kubernetes' HorizontalPodAutoscaler (autoscaling/v2) for one workload and one metric
/// that is averaged over its pods, as its documentation states it: every sync the number of replicas
/// is multiplied by metric / target and rounded up; nothing happens within the tolerance; pods that
/// are not ready count as idle when there are to be more; the policies limit the steps, and the
/// highest recommendation of the stabilisation window counts when there are to be fewer. Pure.
package struct Autoscaler: Sendable {
  package struct Settings: Equatable, Sendable {
    /// Share of a replica's thread.
    package var targetBusyShare = 0.5
    package var replicasMin = 3
    package var replicasMax = 1_000
    /// Of the ratio, below which nothing is done.
    package var tolerance = 0.1
    package var syncSeconds = 15.0
    /// More replicas: this many percent of those that there are, in each period; no fewer than one.
    package var upPercent = 100.0
    package var upPeriodSeconds = 15.0
    package var downPercent = 20.0
    package var downPeriodSeconds = 60.0
    package var downStabilizationSeconds = 300.0
    /// From the decision to the first request: scheduled, started, model loaded, found ready.
    package var podStartSeconds = 30.0

    package init() {}
  }

  package let settings: Settings
  /// Asked for; some may not be ready yet.
  package private(set) var replicas: Int
  /// When those that start will be ready, ascending.
  private var starting: [Double] = []
  private var recommendations: [(at: Double, replicas: Int)] = []
  private var changes: [(at: Double, by: Int)] = []

  package init(_ settings: Settings, replicas: Int) {
    self.settings = settings
    self.replicas = max(settings.replicasMin, min(settings.replicasMax, replicas))
  }

  /// Those that take traffic.
  /// - Parameter now: seconds from any fixed time.
  package func ready(_ now: Double) -> Int { replicas - starting.count { $0 > now } }

  /// To be called every `syncSeconds`.
  /// - Parameter busyShare: of the ready replicas' threads, on average; as measured, so at most 1.
  package mutating func sync(_ now: Double, busyShare: Double) {
    starting.removeAll { $0 <= now }
    let readyCount = replicas - starting.count
    let wanted = desired(readyCount, busyShare)
    recommendations.removeAll { $0.at <= now - settings.downStabilizationSeconds }
    recommendations.append((now, wanted))
    changes.removeAll {
      $0.at <= now - max(settings.upPeriodSeconds, settings.downPeriodSeconds)
    }
    if wanted > replicas {
      grow(to: wanted, now)
    } else {
      let stable = recommendations.map(\.replicas).max() ?? wanted
      if stable < replicas { shrink(to: stable, now) }
    }
  }

  private func desired(_ readyCount: Int, _ busyShare: Double) -> Int {
    let target = settings.targetBusyShare
    let ratio = busyShare / target
    guard abs(ratio - 1) > settings.tolerance else { return replicas }
    guard ratio > 1 else {
      return clamped(Int((Double(readyCount) * ratio).rounded(.up)))
    }
    // Those that start count as idle: they are the answer to what is seen now.
    let whole = busyShare * Double(readyCount) / (target * Double(max(1, replicas)))
    guard whole > 1 + settings.tolerance else { return replicas }
    return clamped(Int((whole * Double(replicas)).rounded(.up)))
  }

  private func clamped(_ count: Int) -> Int {
    max(settings.replicasMin, min(settings.replicasMax, count))
  }

  private mutating func grow(to wanted: Int, _ now: Double) {
    let before = replicas - changed(now, settings.upPeriodSeconds) { $0 > 0 }
    let most = max(before + 1, Int((Double(before) * (1 + settings.upPercent / 100)).rounded(.up)))
    let count = min(wanted, max(most, replicas)) - replicas
    guard count > 0 else { return }
    replicas += count
    changes.append((now, count))
    starting.append(
      contentsOf: Array(repeating: now + settings.podStartSeconds, count: count))
  }

  private mutating func shrink(to wanted: Int, _ now: Double) {
    let before = replicas - changed(now, settings.downPeriodSeconds) { $0 < 0 }
    let least = Int(Double(before) * (1 - settings.downPercent / 100))
    let count = replicas - max(wanted, min(least, replicas))
    guard count > 0 else { return }
    replicas -= count
    changes.append((now, -count))
    // The youngest go first.
    starting.removeLast(min(starting.count, count))
  }

  private func changed(_ now: Double, _ period: Double, _ isWanted: (Int) -> Bool) -> Int {
    changes.reduce(0) { sum, change in
      change.at > now - period && isWanted(change.by) ? sum + change.by : sum
    }
  }
}
