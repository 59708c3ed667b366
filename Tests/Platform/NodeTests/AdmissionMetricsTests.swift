import Telemetry
import Testing

@testable import Node
@testable import RPC

@Suite struct AdmissionMetricsTests {
  private func tick(
    _ loop: String, limit: Int, queued: Int, refused: Int, lag: Int64 = 0, late: Bool = false
  ) -> AdmissionTick {
    let now = Instant.now()
    return AdmissionTick(
      loop: loop, limit: limit, queued: queued, refused: refused, lagNanoseconds: lag, at: now,
      nextAt: now.adding(milliseconds: late ? -3_600_000 : 3_600_000))
  }

  @Test func `limits and queues are told by loop, refusals together`() {
    let registry = MetricsRegistry()
    let metrics = AdmissionMetrics(registry)
    metrics.ticked(tick("loop-0", limit: 40, queued: 3, refused: 2))
    metrics.ticked(tick("loop-1", limit: .max, queued: 0, refused: 5))
    metrics.ticked(tick("loop-0", limit: 44, queued: 1, refused: 0))
    let text = registry.renderPrometheus()
    #expect(text.contains("brigade_server_concurrency_limit{loop=\"loop-0\"} 44"), "\(text)")
    #expect(text.contains("brigade_server_queued_calls{loop=\"loop-0\"} 1"), "\(text)")
    #expect(text.contains("brigade_server_concurrency_limit{loop=\"loop-1\"}"), "\(text)")
    #expect(text.contains("brigade_server_refused_calls_total 7"), "\(text)")
  }

  @Test func `how late a loop was is told by loop, until it is long ago`() throws {
    let registry = MetricsRegistry()
    let metrics = AdmissionMetrics(registry)
    metrics.ticked(tick("loop-0", limit: 1, queued: 0, refused: 0, lag: 1_500_000_000))
    metrics.ticked(tick("loop-0", limit: 1, queued: 0, refused: 0, lag: 2_000_000))
    metrics.ticked(tick("loop-1", limit: 1, queued: 0, refused: 0))
    let text = registry.renderPrometheus()
    #expect(text.contains("brigade_loop_lag_seconds{loop=\"loop-0\"} 1.5\n"), "\(text)")
    #expect(text.contains("brigade_loop_lag_seconds{loop=\"loop-1\"} 0\n"), "\(text)")
    #expect(registry.max("brigade_loop_lag_seconds") == 1.5)
  }

  @Test func `a loop that does not tick any more is late by what its tick is overdue`() throws {
    let registry = MetricsRegistry()
    AdmissionMetrics(registry).ticked(tick("loop-0", limit: 1, queued: 0, refused: 0, late: true))
    #expect(try #require(registry.max("brigade_loop_lag_seconds")) >= 3_600)
  }
}
