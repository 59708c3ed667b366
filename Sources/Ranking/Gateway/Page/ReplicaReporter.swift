internal import RPC
internal import Telemetry

/// Tells a few times a second how the replicas stand that one loop calls. Confined to its loop.
final class ReplicaReporter: @unchecked Sendable {
  static let intervalMilliseconds: Int64 = 500

  private let sets: [HopKind: ReplicaSet]
  private let loop: EventLoop
  private let activity: GatewayActivity
  private let number: Int

  init(_ sets: [HopKind: ReplicaSet], on loop: EventLoop, to activity: GatewayActivity) {
    self.sets = sets
    self.loop = loop
    self.activity = activity
    number = activity.nextLoop()
    report()
  }

  private func report() {
    let now = Instant.now()
    activity.report(
      sets.mapValues { $0.statuses(now) }, by: number, now,
      unixMilliseconds: wallClockMilliseconds())
    let next = now.adding(milliseconds: Self.intervalMilliseconds)
    _ = loop.schedule(at: next) { [weak self] in self?.report() }
  }
}
