internal import Glibc

/// A point on the monotonic clock, in nanoseconds. Never mixed with wall-clock time, which ranking
/// reads as Unix milliseconds.
package struct Instant: Comparable, Hashable, Sendable {
  package var nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Later than anything that will be asked for.
  package static let distantFuture = Instant(nanoseconds: .max)

  package static func now() -> Instant { Instant(nanoseconds: readClock(CLOCK_MONOTONIC)) }

  package static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }

  /// Saturates instead of overflowing: callers add budgets that came over the wire.
  package func adding(nanoseconds: Int64) -> Instant {
    let (sum, overflow) = self.nanoseconds.addingReportingOverflow(nanoseconds)
    return Instant(nanoseconds: overflow ? (nanoseconds > 0 ? .max : .min) : sum)
  }

  package func adding(microseconds: Int64) -> Instant {
    let (product, overflow) = microseconds.multipliedReportingOverflow(by: 1_000)
    return adding(nanoseconds: overflow ? (microseconds > 0 ? .max : .min) : product)
  }

  package func adding(milliseconds: Int64) -> Instant {
    let (product, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
    return adding(nanoseconds: overflow ? (milliseconds > 0 ? .max : .min) : product)
  }

  package func nanoseconds(since earlier: Instant) -> Int64 {
    nanoseconds.subtractingReportingOverflow(earlier.nanoseconds).partialValue
  }

  /// Never negative, as durations on the wire are unsigned.
  package func microseconds(since earlier: Instant) -> UInt64 {
    UInt64(max(0, nanoseconds(since: earlier) / 1_000))
  }
}

/// Unix time in milliseconds, UTC.
package func wallClockMilliseconds() -> Int64 { readClock(CLOCK_REALTIME) / 1_000_000 }

private func readClock(_ clock: clockid_t) -> Int64 {
  var time = timespec()
  clock_gettime(clock, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
