import Node
import RPC
import Telemetry
import TestSupport
import Testing

@Suite struct OtlpExporterTests {
  private func metric(_ series: String, _ metrics: MetricsRegistry) -> String? {
    metrics.renderPrometheus().split(separator: "\n").first { $0.hasPrefix(series + " ") }
      .map { String($0.dropFirst(series.count + 1)) }
  }

  private func soon() -> Instant { .now().adding(milliseconds: Patience.milliseconds) }

  @Test func `what is offered gets to the receiver, in batches, as protobuf`() throws {
    let receiver = try OtlpReceiver()
    let metrics = MetricsRegistry()
    let exporter = try OtlpExporter(receiver.endpoint, metrics)
    for number in UInt64(1)...100 { exporter.offer(SampleTraces.trace(number)) }
    exporter.finish(before: soon())
    let taken = receiver.taken
    #expect((2...100).contains(taken.count), "\(taken.count) requests")
    let head = try #require(taken.first).head
    #expect(head.hasPrefix("POST /v1/traces HTTP/1.1\r\n"))
    #expect(head.contains("Content-Type: application/x-protobuf"))
    let spans = taken.flatMap(\.request.resourceSpans).flatMap(\.scopeSpans).flatMap(\.spans)
    #expect(spans.count == 300)
    #expect(Set(spans.map(\.traceID)).count == 100)
    #expect(metric("brigade_traces_exported_total", metrics) == "100")
  }

  @Test func `a receiver that is busy gets the batch again`() throws {
    let receiver = try OtlpReceiver(statuses: [503])
    let metrics = MetricsRegistry()
    let exporter = try OtlpExporter(receiver.endpoint, metrics)
    exporter.offer(SampleTraces.trace())
    // The exporter's own timer sends it again once its pause is over.
    let end = soon()
    while metric("brigade_traces_exported_total", metrics) != "1", Instant.now() < end {}
    #expect(receiver.taken.count == 2)
    exporter.finish(before: soon())
  }

  /// Until the exporter has been told for the first time to come again.
  private func waitForRefusal(_ receiver: OtlpReceiver) {
    let end = soon()
    while receiver.taken.isEmpty, Instant.now() < end {}
  }

  @Test func `what waits out a pause at the end is sent once more`() throws {
    let receiver = try OtlpReceiver(statuses: [503])
    let metrics = MetricsRegistry()
    let exporter = try OtlpExporter(receiver.endpoint, metrics)
    exporter.offer(SampleTraces.trace())
    waitForRefusal(receiver)
    #expect(exporter.finish(before: soon()) == 0)
    #expect(metric("brigade_traces_exported_total", metrics) == "1")
  }

  @Test func `what the receiver does not take at the end is counted, and told`() throws {
    let receiver = try OtlpReceiver(statuses: [503, 503, 503, 503])
    let metrics = MetricsRegistry()
    let exporter = try OtlpExporter(receiver.endpoint, metrics)
    exporter.offer(SampleTraces.trace())
    waitForRefusal(receiver)
    #expect(exporter.finish(before: soon()) == 1)
    #expect(metric("brigade_traces_dropped_total{reason=\"not_taken\"}", metrics) == "1")
    #expect(metric("brigade_traces_exported_total", metrics) == "0")
  }

  @Test func `what is refused, rejected or has no room is counted`() throws {
    var partial = OtlpPartialSuccess()
    partial.rejectedSpans = 2
    var answer = OtlpExportResponse()
    answer.partialSuccess = partial
    let receiver = try OtlpReceiver(statuses: [400], answer: answer)
    let metrics = MetricsRegistry()
    let exporter = try OtlpExporter(receiver.endpoint, metrics)
    for number in 1...UInt64(ExportQueue.batchMax + 1) {
      exporter.offer(SampleTraces.trace(number))
    }
    exporter.finish(before: soon())
    #expect(
      metric("brigade_traces_dropped_total{reason=\"not_taken\"}", metrics)
        == "\(ExportQueue.batchMax)")
    #expect(metric("brigade_trace_spans_rejected_total", metrics) == "2")
    #expect(metric("brigade_traces_dropped_total{reason=\"queue_full\"}", metrics) == "0")
  }

  @Test func `without a receiver, offering costs nothing but a count`() throws {
    let free = try Socket.listening(at: .tcp(host: "127.0.0.1", port: 0))
    let address = free.bound(.tcp(host: "127.0.0.1", port: 0))
    free.close()
    let metrics = MetricsRegistry()
    let endpoint = try #require(OtlpEndpoint("http://\(address)/v1/traces"))
    let exporter = try OtlpExporter(endpoint, metrics)
    for number in 1...UInt64(ExportQueue.waitingMax + 30) {
      exporter.offer(SampleTraces.trace(number))
    }
    #expect(metric("brigade_traces_dropped_total{reason=\"queue_full\"}", metrics) == "30")
    #expect(exporter.finish(before: .now().adding(milliseconds: 50)) == ExportQueue.waitingMax)
    #expect(metric("brigade_traces_exported_total", metrics) == "0")
  }
}
