import Glibc
import Telemetry
import TestSupport
import Testing

@testable import Node

@Suite struct ProcessMetricsTests {
  private let registry = MetricsRegistry()

  init() { registerProcessMetrics(in: registry, program: "brigade-test") }

  @Test func `memory and processor time are those of a process that runs`() throws {
    #expect(try #require(registry.sum("process_resident_memory_bytes")) > 1_048_576)
    #expect(try #require(registry.sum("process_cpu_seconds_total")) > 0)
    let text = registry.renderPrometheus()
    #expect(text.contains("brigade_build_info{program=\"brigade-test\""), "\(text)")
  }

  /// Other tests open and close files meanwhile, far fewer than these.
  @Test func `open descriptors are counted`() throws {
    let count = 200
    let before = try #require(registry.sum("process_open_fds"))
    #expect(before >= 3)
    let opened = (0..<count).map { _ in open("/dev/null", O_RDONLY | O_CLOEXEC) }
    let during = try #require(registry.sum("process_open_fds"))
    for descriptor in opened { close(descriptor) }
    let after = try #require(registry.sum("process_open_fds"))
    #expect(opened.allSatisfy { $0 >= 0 })
    #expect(during - before > Double(count) * 0.6, "\(before), then \(during)")
    #expect(during - after > Double(count) * 0.6, "\(during), then \(after)")
  }

  @Test func `the limit of descriptors is the one in force`() throws {
    var limit = rlimit()
    try #require(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
    let told = try #require(registry.max("process_max_fds"))
    #expect(told == Double(limit.rlim_cur) || told == .infinity)
    #expect(told > (registry.sum("process_open_fds") ?? .infinity))
  }
}
