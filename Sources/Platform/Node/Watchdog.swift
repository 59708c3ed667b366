internal import RPC
internal import Telemetry

/// Tells the service manager that all loops turn, as long as they do: one that hangs has the
/// process killed and started anew, even where its admin port still answers.
struct Watchdog: Sendable {
  /// Each of the process's loops; the first keeps the time.
  let loops: [EventLoop]
  let periodMilliseconds: Int64
  let alive: @Sendable () -> Void

  /// - Parameter manager: nil, or not watching, makes none.
  init?(_ loops: [EventLoop], for manager: ServiceManager?) {
    guard let manager, let watched = manager.watchdogMilliseconds else { return nil }
    // Half of the time, as sd_watchdog_enabled(3) recommends.
    self.init(loops, periodMilliseconds: max(1, watched / 2)) { manager.tell(.alive) }
  }

  init(_ loops: [EventLoop], periodMilliseconds: Int64, alive: @escaping @Sendable () -> Void) {
    self.loops = loops
    self.periodMilliseconds = periodMilliseconds
    self.alive = alive
  }

  func start() { pass(from: 0) }

  /// From loop to loop: behind one that does not turn, nothing is told.
  private func pass(from index: Int) {
    guard index < loops.count else { return round() }
    loops[index].post { pass(from: index + 1) }
  }

  private func round() {
    alive()
    guard let first = loops.first else { return }
    first.post {
      _ = first.schedule(at: .now().adding(milliseconds: periodMilliseconds)) { pass(from: 0) }
    }
  }
}
