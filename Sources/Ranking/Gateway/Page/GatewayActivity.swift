internal import Messages
internal import Node
internal import RPC
internal import Synchronization
internal import Telemetry

/// What a gateway does and sees, kept for its page: told by all loops, asked by the admin port.
final class GatewayActivity: Sendable {
  private struct Kept: Sendable {
    var history: ActivityHistory
    var reasons = RecentReasons()
  }

  private let replica: String
  private let metrics: MetricsRegistry
  private let rollout: RolloutTelling
  private let experiments: ExperimentTelling
  private let calls: ClientCallMetrics
  private let started: Int64
  private let kept: Guarded<Kept>
  private let board = Guarded(ReplicaBoard())
  private let loops = Atomic<Int>(0)

  /// Adds `/`, `/status` and `/history` to the admin port.
  init(
    in environment: ServiceEnvironment, rollout: RolloutTelling, experiments: ExperimentTelling,
    calls: ClientCallMetrics
  ) {
    self.rollout = rollout
    self.calls = calls
    self.experiments = experiments
    replica = environment.identity.replica
    metrics = environment.metrics
    started = wallClockMilliseconds()
    kept = Guarded(Kept(history: ActivityHistory(now: .now())))
    let pages = environment.pages
    pages.add("/") { _ in GatewayPage.html }
    pages.add("/status") { [self] _ in GatewayPage.json(status(.now())) }
    pages.add("/history") { [self] _ in GatewayPage.json(history(.now())) }
  }

  // MARK: Told by the loops

  func nextLoop() -> Int { loops.wrappingAdd(1, ordering: .relaxed).oldValue }

  func answered(_ response: RankResponse) {
    let isPlain = response.hops.allSatisfy { $0.rung == .primary }
    kept.withLock {
      $0.history.record(.now()) { $0.record(response) }
      if !isPlain {
        $0.reasons.record(response, unixMilliseconds: wallClockMilliseconds())
      }
    }
  }

  /// A request whose caller left, or whose time was over, before there was an answer.
  func abandoned(_ error: RPCError, after nanoseconds: Int64) {
    ended(after: nanoseconds) { step in
      if error.code.isServersFault { step.failed += 1 } else { step.abandoned += 1 }
    }
  }

  /// A request that was answered with an error.
  func refused(_ error: RPCError, after nanoseconds: Int64) {
    if error.code.isServersFault {
      ended(after: nanoseconds) { $0.failed += 1 }
    } else {
      // What is refused for its own fault is refused at once, and says nothing of how long others take.
      kept.withLock { $0.history.record(.now()) { $0.rejected += 1 } }
    }
  }

  /// A request whose time was over in the queue, which is counted with those turned away.
  func expired(after nanoseconds: Int64) { ended(after: nanoseconds) { _ in } }

  private func ended(after nanoseconds: Int64, _ count: (inout ActivityBucket) -> Void) {
    kept.withLock {
      $0.history.record(.now()) { step in
        count(&step)
        step.latency.record(microseconds: UInt64(max(0, nanoseconds)) / 1_000)
      }
    }
  }

  func report(
    _ statuses: [HopKind: [ReplicaStatus]], by loop: Int, _ now: Instant, unixMilliseconds: Int64
  ) {
    let replicas = board.withLock {
      $0.report(statuses, by: loop, now, unixMilliseconds: unixMilliseconds)
      return $0.replicas
    }
    for (service, listed) in replicas {
      calls.keep(listed.map(\.status.name), of: service.rawValue)
    }
    calls.keep(
      (replicas[.features] ?? []).map(\.status.name), of: EventIntake.service)
    let turnedAway = Int(metrics.sum("brigade_server_refused_calls_total") ?? 0)
    kept.withLock { $0.history.turnedAway(total: turnedAway, now) }
  }

  /// Where replicas listen, by name.
  var addresses: [String: Address] { board.withLock { $0.addresses } }

  // MARK: Asked by the admin port

  /// Values are copied out, so that to write them down keeps no request waiting.
  private func status(_ now: Instant) -> GatewayStatus {
    let kept = kept.withLock {
      $0.history.advance(now)
      return $0
    }
    let (sum, seconds) = kept.history.window(now)
    let board = board.withLock { $0 }
    return GatewayStatus(
      replica: replica, startedUnixMilliseconds: started, unixMilliseconds: wallClockMilliseconds(),
      window: sum, windowSeconds: seconds, board: board, reportAgeNanoseconds: board.age(now),
      reasons: kept.reasons.latest, process: process, rollout: rollout.lastTold,
      experiments: experiments.status)
  }

  private var process: GatewayStatus.Process {
    GatewayStatus.Process(
      cpuSeconds: metrics.sum("process_cpu_seconds_total"),
      residentBytes: metrics.sum("process_resident_memory_bytes"),
      queuedCalls: metrics.sum("brigade_server_queued_calls"),
      loopLagSeconds: metrics.max("brigade_loop_lag_seconds"),
      openDescriptors: metrics.sum("process_open_fds"),
      descriptorsMax: metrics.sum("process_max_fds"))
  }

  private func history(_ now: Instant) -> GatewayHistory {
    let history = kept.withLock {
      $0.history.advance(now)
      return $0.history
    }
    let (steps, age) = history.whole(now)
    return GatewayHistory(
      steps: steps, firstUnixMilliseconds: wallClockMilliseconds() - age / 1_000_000)
  }
}
