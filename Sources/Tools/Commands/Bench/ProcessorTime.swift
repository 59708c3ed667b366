internal import Glibc

/// The processor time that a process has taken, all of its threads together, in user and kernel.
enum ProcessorTime {
  /// Nanoseconds since its start; nil when it is gone.
  static func nanoseconds(of pid: Int32) -> Int64? {
    var clock = clockid_t()
    var time = timespec()
    guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &time) == 0 else {
      return nil
    }
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
