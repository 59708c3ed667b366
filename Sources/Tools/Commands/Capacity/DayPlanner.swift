internal import Simulation

/// Plays a day through the autoscalers. Services with state have the replicas that the peak needs; the
/// others have as many as their autoscaler gives them, late as it is: it looks every 15 s at what was
/// measured over the last half minute, and a pod takes its time to start. Pure.
struct DayPlanner: Sendable {
  /// As in deploy/kubernetes: inference by the busy share of its threads, the gateway by 60 % of a
  /// request for half a processor.
  static let targets: [ServiceKind: Double] = [.gateway: 0.3, .inference: 0.5]
  /// Ramps for which the least replicas are told.
  static let rampMinutes = [60.0, 15, 5, 1]
  /// Replicas that a search tries at most.
  private static let replicasMax = 10_000
  private static let stepSeconds = 5.0
  /// Age of what the autoscaler sees: scraped twice a minute, and averaged.
  private static let metricSeconds = 30.0

  let planner: CapacityPlanner
  let curve: DayCurve
  let replicasMin: Int
  let podStartSeconds: Double

  func plan(ramps: [Double] = Self.rampMinutes) throws(CapacityProblem) -> DayPlan {
    let peak = try planner.plan(requestsPerSecond: curve.peakPerSecond)
    let minimum = Self.targets.mapValues { _ in replicasMin }
    let moments = day(curve, minimum, fixed: peak.replicas)
    var worst = moments[0]
    for moment in moments where moment.busyWithoutOne > worst.busyWithoutOne { worst = moment }
    let short = moments.count { $0.busyWithoutOne > planner.goal.busyShareMax }
    let hours = moments.reduce(0.0) { $0 + Double($1.ready.values.reduce(0, +)) }
    var needs: [DayPlan.RampNeed] = []
    for ramp in ramps { needs.append(try need(ramp)) }
    return DayPlan(
      curve: curve, peak: peak,
      moments: moments.filter { $0.second.truncatingRemainder(dividingBy: 60) == 0 },
      shortSeconds: Double(short) * Self.stepSeconds, worst: worst,
      worstBehaviour: planner.behaviour(
        worst.ready.mapValues { max(1, $0 - 1) }, worst.requestsPerSecond),
      replicaHours: hours * Self.stepSeconds / 3_600,
      fixedReplicaHours: Double(peak.threads) * 24, needs: needs)
  }

  // MARK: A day

  private func settings(_ service: ServiceKind, min: Int) -> Autoscaler.Settings {
    var settings = Autoscaler.Settings()
    settings.targetBusyShare = Self.targets[service] ?? 0.5
    settings.replicasMin = min
    settings.replicasMax = Self.replicasMax
    let loading = service == .inference ? planner.costs.modelLoadMilliseconds / 1_000 : 0
    settings.podStartSeconds = podStartSeconds + loading
    return settings
  }

  private func day(
    _ curve: DayCurve, _ minimum: [ServiceKind: Int], fixed: [ServiceKind: Int]
  ) -> [DayPlan.Moment] {
    let ready = minimum.mapValues { _ in 0 }.keys.reduce(into: [:]) { all, service in
      all[service] = readyReplicas(service, curve, min: minimum[service] ?? 1)
    }
    return steps.enumerated().map { index, second in
      let rate = curve.requestsPerSecond(second)
      var counts = fixed
      for (service, series) in ready { counts[service] = series[index] }
      var (busy, fullest) = (0.0, ServiceKind.gateway)
      for service in ServiceKind.allCases {
        let share = busyWithoutOne(service, rate, counts[service] ?? 1)
        if share > busy { (busy, fullest) = (share, service) }
      }
      return DayPlan.Moment(
        second: second, requestsPerSecond: rate, ready: counts, busyWithoutOne: busy,
        fullest: fullest)
    }
  }

  private var steps: [Double] {
    Array(stride(from: 0, to: DayCurve.daySeconds, by: Self.stepSeconds))
  }

  private func busyWithoutOne(_ service: ServiceKind, _ rate: Double, _ ready: Int) -> Double {
    planner.costs.busyThreads(service, requestsPerSecond: rate) / max(0.001, Double(ready - 1))
  }

  /// Of one service, at each step of a day that begins as it would go on.
  private func readyReplicas(_ service: ServiceKind, _ curve: DayCurve, min: Int) -> [Int] {
    let settings = settings(service, min: min)
    func busy(_ second: Double) -> Double {
      planner.costs.busyThreads(
        service, requestsPerSecond: curve.requestsPerSecond(max(0, second)))
    }
    var autoscaler = Autoscaler(
      settings, replicas: Int((busy(0) / settings.targetBusyShare).rounded(.up)))
    var nextSync = 0.0
    var seen: [Double] = []
    let age = Int(Self.metricSeconds / Self.stepSeconds)
    return steps.map { second in
      let ready = Double(max(1, autoscaler.ready(second)))
      // A thread can't be more than busy.
      seen.append(Swift.min(1, busy(second) / ready))
      if second >= nextSync {
        let recent = seen.suffix(age)
        autoscaler.sync(second, busyShare: recent.reduce(0, +) / Double(recent.count))
        nextSync += settings.syncSeconds
      }
      return autoscaler.ready(second)
    }
  }

  // MARK: What a ramp needs

  private func need(_ rampMinutes: Double) throws(CapacityProblem) -> DayPlan.RampNeed {
    let curve = try DayCurve(
      requestsPerDay: curve.requestsPerDay, dinnerFactor: curve.dinnerFactor,
      rampMinutes: rampMinutes)
    var minimum: [ServiceKind: Int] = [:]
    for service in Self.targets.keys {
      // Of one alone nothing is left when it is lost.
      var (low, high) = (2, planner.leastReplicas(curve.peakPerSecond)[service, default: 1] + 1)
      while low < high {
        let middle = (low + high) / 2
        if isEnough(service, curve, min: middle) { high = middle } else { low = middle + 1 }
      }
      minimum[service] = high
    }
    return DayPlan.RampNeed(rampMinutes: rampMinutes, replicasMin: minimum)
  }

  private func isEnough(_ service: ServiceKind, _ curve: DayCurve, min: Int) -> Bool {
    let ready = readyReplicas(service, curve, min: min)
    return zip(steps, ready).allSatisfy { second, count in
      busyWithoutOne(service, curve.requestsPerSecond(second), count)
        <= planner.goal.busyShareMax
    }
  }
}
