import Telemetry
import Testing

@testable import Node
@testable import RPC

@Suite struct AdmissionMetricsTests {
  @Test func `limits and queues are told by loop, refusals together`() {
    let registry = MetricsRegistry()
    let metrics = AdmissionMetrics(registry)
    metrics.ticked(AdmissionTick(loop: "loop-0", limit: 40, queued: 3, refused: 2))
    metrics.ticked(AdmissionTick(loop: "loop-1", limit: .max, queued: 0, refused: 5))
    metrics.ticked(AdmissionTick(loop: "loop-0", limit: 44, queued: 1, refused: 0))
    let text = registry.renderPrometheus()
    #expect(text.contains("brigade_server_concurrency_limit{loop=\"loop-0\"} 44"), "\(text)")
    #expect(text.contains("brigade_server_queued_calls{loop=\"loop-0\"} 1"), "\(text)")
    #expect(text.contains("brigade_server_concurrency_limit{loop=\"loop-1\"}"), "\(text)")
    #expect(text.contains("brigade_server_refused_calls_total 7"), "\(text)")
  }
}
