internal import Glibc
internal import Telemetry

/// What Prometheus' client libraries export of every process, and who this one is.
func registerProcessMetrics(in metrics: MetricsRegistry, program: String) {
  let build = metrics.gauge(
    "brigade_build_info", "Program and version, as labels",
    labels: ["program": program, "version": brigadeVersion])
  build.set(1)
  let start = Double(wallClockMilliseconds()) / 1_000
  metrics.gauge("process_start_time_seconds", "Unix time at which the process started") { start }
  metrics.counter("process_cpu_seconds_total", "User and system time spent") {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
  metrics.gauge("process_resident_memory_bytes", "Resident memory") {
    Double(residentPages() * sysconf(Int32(_SC_PAGESIZE)))
  }
  metrics.gauge("process_open_fds", "Open file descriptors") {
    openDescriptors().map(Double.init) ?? .nan
  }
  metrics.gauge("process_max_fds", "File descriptors that the process may have open") {
    descriptorsMax()
  }
}

/// The second number of /proc/self/statm; 0 where it can't be read.
private func residentPages() -> Int {
  guard let file = fopen("/proc/self/statm", "re") else { return 0 }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 256)
  let count = fread(&bytes, 1, bytes.count, file)
  let fields = bytes[..<count].split(separator: UInt8(ascii: " "))
  return fields.count > 1 ? Int(String(decoding: fields[1], as: UTF8.self)) ?? 0 : 0
}

/// Nil where they can't be counted: with none left there is none to count them with.
private func openDescriptors() -> Int? {
  guard let folder = opendir("/proc/self/fd") else { return nil }
  defer { closedir(folder) }
  var count = 0
  while let entry = readdir(folder) {
    if entry.pointee.d_name.0 != Int8(UInt8(ascii: ".")) { count += 1 }
  }
  // The one that counts is none of them.
  return max(0, count - 1)
}

/// Infinite where there is no limit; it may be changed while the process runs.
private func descriptorsMax() -> Double {
  var limit = rlimit()
  guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return .nan }
  return limit.rlim_cur == rlim_t.max ? .infinity : Double(limit.rlim_cur)
}
