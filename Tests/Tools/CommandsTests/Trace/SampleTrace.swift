import Telemetry

/// Requests of a gateway that asked retrieval and then inference.
enum SampleTrace {
  /// - Parameter hops: short method, replica, start, end, queue and handler.
  static func trace(
    _ duration: UInt64,
    _ hops: [(
      method: String, replica: String, start: UInt64, end: UInt64, queue: UInt64, handler: UInt64
    )],
    reasons: TraceReasons = .sampled, weight: Double = 1, start: Int64 = 0, low: UInt64 = 7
  ) -> Trace {
    var root = Span(
      id: 1, parent: 0, name: "brigade.v1.Gateway/Rank", kind: .server, service: "brigade-gateway",
      instance: "gateway-1", startMicroseconds: 0, durationMicroseconds: duration)
    root.add("brigade.queue_us", 12)
    root.add("brigade.model", "browse/1")
    var trace = Trace(
      id: TraceID(high: 0, low: low), requestID: "r1", reasons: reasons, weight: weight,
      startUnixNanoseconds: start, root: root)
    for (index, hop) in hops.enumerated() {
      let id = UInt64(index) * 10 + 10
      var client = span(id, 1, hop.method, .client, "gateway-1", hop.start, hop.end)
      client.add("brigade.replica", hop.replica)
      let wire = hop.end - hop.start - hop.queue - hop.handler
      client.add("brigade.wire_us", wire)
      trace.append(client)
      let begin = hop.start + wire / 2
      var server = span(
        id + 1, id, hop.method, .server, hop.replica, begin, begin + hop.queue + hop.handler)
      server.add("brigade.queue_us", hop.queue)
      server.add("brigade.handler_us", hop.handler)
      trace.append(server)
    }
    return trace
  }

  static func span(
    _ id: UInt64, _ parent: UInt64, _ method: String, _ kind: Span.Kind, _ instance: String,
    _ start: UInt64, _ end: UInt64
  ) -> Span {
    Span(
      id: id, parent: parent, name: "brigade.v1." + method, kind: kind, service: "s",
      instance: instance, startMicroseconds: start, durationMicroseconds: end - start)
  }

  static var slow: Trace {
    trace(
      90_000,
      [
        ("Retrieval/Search", "retrieval-1", 200, 1_200, 100, 600),
        ("Inference/Score", "inference-2", 1_300, 89_300, 1_000, 86_000),
      ], reasons: .slow, start: 1_750_000_000_000_000_000)
  }
}
