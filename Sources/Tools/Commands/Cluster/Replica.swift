internal import Glibc
internal import Node
internal import RPC
internal import Telemetry

/// One process of a cluster, from start to restart to stop.
struct Replica {
  enum State: Equatable {
    /// Since when, so that one that never gets ready shows.
    case starting
    case ready(ReadyFile)
    /// Ended; started again at this time.
    case waiting(Instant)
    case stopped
  }

  let service: ServiceKind
  let name: String
  private let plan: ClusterPlan
  private(set) var state = State.waiting(Instant(nanoseconds: 0))
  private var process: ChildProcess?
  private var startedAt = Instant.now()
  private var policy = RestartPolicy()
  /// When one that was stopped and goes on is killed.
  private var killAt = Instant.distantFuture
  /// Taken again after a restart, so that callers find it where it was.
  private var listen: String?
  /// Of a gateway's HTTP port, likewise.
  private var edge: String?
  /// Of its admin port, likewise.
  private var admin: String?
  /// How the last process ended.
  private(set) var lastEnd = ""

  init(
    _ service: ServiceKind, _ index: Int, plan: ClusterPlan, listen: String?,
    edge: String? = nil, admin: String? = nil
  ) {
    self.service = service
    self.name = plan.name(service, index)
    self.plan = plan
    self.listen = listen
    self.edge = edge
    self.admin = admin
  }

  var pid: Int32? { process?.pid }
  var restarts: Int { policy.restarts }
  var ready: ReadyFile? { if case .ready(let file) = state { file } else { nil } }
  var isRunning: Bool { process != nil }
  /// It has been ready, or can't get ready: nobody need wait for it.
  private(set) var isSettled = false

  /// Looks after the process; true when something changed.
  mutating func tend(_ now: Instant) throws(SystemError) -> Bool {
    if let process {
      if let end = process.poll() {
        ended(end, now)
        return true
      }
      if state == .stopped, now >= killAt { process.signal(SIGKILL) }
      guard state == .starting, let file = ReadyFile(reading: plan.readyFile(name)),
        file.pid == process.pid
      else { return false }
      listen = file.listen
      edge = file.edge
      state = .ready(file)
      isSettled = true
      return true
    }
    guard case .waiting(let due) = state, now >= due else { return false }
    try start(now)
    return true
  }

  private mutating func start(_ now: Instant) throws(SystemError) {
    unlink(plan.readyFile(name))
    process = try ChildProcess.start(
      plan.binary(service),
      plan.arguments(service, name: name, listen: listen, edge: edge, admin: admin),
      log: plan.log(name))
    startedAt = now
    state = .starting
  }

  private mutating func ended(_ end: String, _ now: Instant) {
    lastEnd = end
    isSettled = true
    // The port may have been taken by another process meanwhile.
    if state == .starting {
      listen = nil
      admin = nil
      if edge != nil { edge = "127.0.0.1:0" }
    }
    process = nil
    unlink(plan.readyFile(name))
    state = state == .stopped ? .stopped : .waiting(policy.ended(startedAt: startedAt, now: now))
  }

  /// Asks it to drain; `tend` sees it end.
  mutating func stop(_ signal: Int32 = SIGTERM) {
    state = .stopped
    killAt = Instant.now().adding(milliseconds: Cluster.stopMilliseconds)
    process?.signal(signal)
  }

  /// Stopped, and ended: nothing is left of it.
  var isGone: Bool { state == .stopped && process == nil }
}
