internal import Glibc
package import RPC
package import Telemetry

/// Brings kept traces to a receiver, on a thread of its own that waits for nobody but it.
package final class OtlpExporter: Sendable {
  /// Traces are gathered for so long, so that a busy receiver gets batches.
  private static let gatherMilliseconds: Int64 = 500
  private static let pollMicroseconds: UInt32 = 2_000

  private let client: OtlpClient
  private let resource: OtlpResourceSettings
  private let loop: EventLoop
  private let queue = Guarded(ExportQueue())

  package init(
    _ endpoint: OtlpEndpoint, _ metrics: MetricsRegistry,
    resource: OtlpResourceSettings = OtlpResourceSettings()
  ) throws(SystemError) {
    self.resource = resource
    client = OtlpClient(endpoint: endpoint)
    loop = try EventLoop(name: "otlp")
    register(metrics)
    loop.start()
    loop.post { [self] in later() }
  }

  /// Takes the trace, or counts it as dropped; from any thread, and at once.
  package func offer(_ trace: Trace) { queue.withLock { $0.offer(trace) } }

  /// Sends what waits, as far as the receiver takes it in time: one that was to be given time is
  /// tried once more. Blocks.
  /// - Returns: how many traces did not get there.
  @discardableResult package func finish(before deadline: Instant) -> Int {
    let isSent = Guarded(false)
    loop.post { [self] in
      sendLast(until: deadline)
      isSent.withLock { $0 = true }
    }
    while !isSent.withLock({ $0 }), Instant.now() < deadline { usleep(Self.pollMicroseconds) }
    let left = queue.withLock { $0.close() }
    // A receiver that hangs would hold up whoever waited for the thread, so it frees itself.
    loop.post { [loop] in loop.join() }
    loop.stop()
    return left
  }

  private func later() {
    let next = Instant.now().adding(milliseconds: Self.gatherMilliseconds)
    _ = loop.schedule(at: next) { [self] in
      send(until: .distantFuture)
      later()
    }
  }

  private func send(until deadline: Instant) {
    while Instant.now() < deadline {
      let batch = queue.withLock { Array($0.batch(.now())) }
      guard !batch.isEmpty else { return }
      post(batch)
    }
  }

  private func sendLast(until deadline: Instant) {
    while Instant.now() < deadline {
      let batch = queue.withLock { Array($0.lastBatch) }
      guard !batch.isEmpty, post(batch) != .notNow else { return }
    }
  }

  @discardableResult private func post(_ batch: [Trace]) -> ExportQueue.Answer {
    let request = OtlpExportRequest(batch, version: brigadeVersion, resource: resource)
    let answer = client.post(request.encoded())
    queue.withLock { $0.sent(batch.count, answer, .now()) }
    return answer
  }

  private func register(_ metrics: MetricsRegistry) {
    func counter(
      _ name: String, _ help: String, labels: KeyValuePairs<String, String> = [:],
      _ read: @escaping @Sendable (ExportQueue) -> UInt64
    ) {
      metrics.counter(name, help, labels: labels) { [queue] in
        Double(queue.withLock { read($0) })
      }
    }
    counter("brigade_traces_exported_total", "Traces that the OTLP receiver has taken") {
      $0.exported
    }
    let dropped = "brigade_traces_dropped_total"
    let help = "Traces that did not get to the OTLP receiver"
    counter(dropped, help, labels: ["reason": "queue_full"]) { $0.droppedFull }
    counter(dropped, help, labels: ["reason": "not_taken"]) { $0.droppedUnsent }
    counter(
      "brigade_trace_spans_rejected_total", "Spans that the OTLP receiver took no part of"
    ) { $0.rejectedSpans }
  }
}
