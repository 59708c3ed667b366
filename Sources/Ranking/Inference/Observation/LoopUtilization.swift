internal import Glibc
package import RPC
internal import Telemetry

/// The share of time that the scoring threads are busy, in the last second: each loop reads its own
/// thread's processor time.
package final class LoopUtilization: Sendable {
  private static let periodMilliseconds: Int64 = 1_000

  private let shares = Guarded<[Double]>([])

  package init() {}

  /// 0...1, of all loops together.
  package var ratio: Double {
    shares.withLock { $0.isEmpty ? 0 : $0.reduce(0, +) / Double($0.count) }
  }

  /// From now on, on that loop.
  package func watch(_ loop: EventLoop) {
    let index = shares.withLock { shares in
      shares.append(0)
      return shares.count - 1
    }
    measureLater(loop, index, from: (.now(), Self.threadNanoseconds()))
  }

  private func measureLater(
    _ loop: EventLoop, _ index: Int, from mark: (wall: Instant, processor: Int64)
  ) {
    _ = loop.schedule(at: mark.wall.adding(milliseconds: Self.periodMilliseconds)) {
      [self, unowned loop] in
      let now = (wall: Instant.now(), processor: Self.threadNanoseconds())
      let share = Self.share(
        busyNanoseconds: now.processor - mark.processor,
        ofNanoseconds: now.wall.nanoseconds(since: mark.wall))
      shares.withLock { $0[index] = share }
      measureLater(loop, index, from: now)
    }
  }

  static func share(busyNanoseconds: Int64, ofNanoseconds: Int64) -> Double {
    ofNanoseconds <= 0 ? 0 : min(1, max(0, Double(busyNanoseconds) / Double(ofNanoseconds)))
  }

  private static func threadNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
