import Telemetry

/// A request with one hop that another process answered.
enum SampleTraces {
  static func trace(_ number: UInt64 = 1, reasons: TraceReasons = .slow) -> Trace {
    var root = Span(
      id: 10, parent: 9, name: "brigade.v1.Gateway/Rank", kind: .server,
      service: "brigade-gateway", instance: "gateway-1", startMicroseconds: 0,
      durationMicroseconds: 500)
    root.add("rpc.response.status_code", "OK")
    root.add("brigade.degraded", .flag(true))
    var trace = Trace(
      id: TraceID(high: 0x0102, low: number), requestID: "r\(number)", state: "a=b", flags: 1,
      reasons: reasons, startUnixNanoseconds: 1_750_000_000_000_000_000, root: root)
    var client = Span(
      id: 11, parent: 10, name: "brigade.v1.Inference/Score", kind: .client,
      service: "brigade-gateway", instance: "gateway-1", startMicroseconds: 100,
      durationMicroseconds: 300)
    client.add("brigade.wire_us", 40)
    client.isLost = true
    client.fail("UNAVAILABLE: gone")
    trace.append(client)
    var server = Span(
      id: 12, parent: 11, name: "brigade.v1.Inference/Score", kind: .server,
      service: "brigade-inference", instance: "inference-2", startMicroseconds: 120,
      durationMicroseconds: 260)
    server.add("share", .number(0.25))
    trace.append(server)
    return trace
  }
}
