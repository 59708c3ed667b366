import JSON
import Messages
import Node
import RPC
import Telemetry
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// Traces in a receiver that is not ours, against what the gateway says of them itself.
  @Suite(.serialized) struct TraceReceiverTests {
    /// Of which the last is degraded.
    private static let requests = 6
    private static let hops = [
      "brigade.v1.Features/Get", "brigade.v1.Retrieval/Search", "brigade.v1.Features/Assemble",
      "brigade.v1.Inference/Score",
    ]
    private static let rank = "brigade.v1.Gateway/Rank"

    @Test(.enabled(if: OutsideTool.phoenix.isPresent, OutsideTool.phoenix.absence))
    func `a receiver that is not ours has every span of every trace, in its place`() async throws {
      let receiver = try await PhoenixServer()
      let cluster = try await TestCluster(
        retrieval: 1, features: 1, inference: 1,
        gatewayFlags: [
          "--edge", "127.0.0.1:0", "--trace.sample-rate", "0", "--otlp-endpoint",
          receiver.endpoint,
        ])
      let callers = (1...Self.requests).map { Caller(number: UInt64($0)) }
      for caller in callers {
        if caller == callers.last { cluster[.inference][0].process.killAndReap() }
        try await caller.ask(cluster)
      }
      let traces = try callers.map { caller in
        let page = try #require(cluster.page("/traces/\(caller.trace)", of: cluster[.gateway][0]))
        return try #require(Trace(JSONValue(parsing: Array(page.utf8))), "\(page)")
      }
      var stored: [PhoenixServer.StoredSpan] = []
      let expected = traces.reduce(0) { $0 + $1.spans.count }
      try await wait(for: "\(expected) spans, not \(stored.count); \(receiver.tail)", seconds: 60) {
        stored = try await receiver.spans().filter { span in
          traces.contains { $0.id.description == span.trace }
        }
        return stored.count >= expected
      }
      #expect(stored.count == expected, "spans more than once")
      for (caller, trace) in zip(callers, traces) {
        let spans = stored.filter { $0.trace == caller.trace.description }
        check(spans, of: trace, asked: caller)
        for span in trace.spans { compare(spans, with: span) }
      }
      try checkWhole(stored.filter { $0.trace == callers[0].trace.description })
      try checkDegraded(stored.filter { $0.trace == callers[Self.requests - 1].trace.description })
    }

    /// An application that traces its requests.
    private struct Caller: Equatable {
      let trace: TraceID
      let span: UInt64

      init(number: UInt64) {
        trace = TraceID(high: 0x4BF9_2F35_77B3_4DA6, low: 0xA3CE_929D_0E0E_4700 + number)
        span = 0x00F0_67AA_0BA9_0200 + number
      }

      func ask(_ cluster: TestCluster) async throws {
        let edge = try #require(cluster[.gateway][0].ready.edge)
        let asked = try await FinishedProgram.run(
          "/usr/bin/env",
          [
            "curl", "-sS", "-i", "http://\(edge)/\(TraceReceiverTests.rank)", "-H",
            "Content-Type: application/json", "-H",
            "traceparent: 00-\(trace)-\(SpanID.text(span))-01", "-d",
            #"{"userId":"\#(SmallTown.userIDs[7])","place":{"latitude":37.76,"longitude":-122.41}}"#,
          ], in: cluster.folder)
        #expect(asked.output.hasPrefix("HTTP/1.1 200"), "\(asked.output)\(asked.errorOutput)")
      }
    }

    /// One span is the request's, below the caller's; all others are below one another.
    private func check(
      _ spans: [PhoenixServer.StoredSpan], of trace: Trace, asked caller: Caller
    ) {
      #expect(Set(spans.map(\.id)).count == trace.spans.count)
      let ids = Set(spans.compactMap(\.id))
      let roots = spans.filter { !ids.contains($0.parent ?? "") }
      #expect(roots.map(\.name) == [Self.rank] && roots.map(\.parent) == [SpanID.text(caller.span)])
    }

    /// What the gateway recorded is what the receiver tells.
    private func compare(_ spans: [PhoenixServer.StoredSpan], with span: Span) {
      guard let found = spans.first(where: { $0.id == SpanID.text(span.id) }) else {
        Issue.record("\(span.name) \(SpanID.text(span.id)) is missing")
        return
      }
      #expect(found.name == span.name && found.parent == SpanID.text(span.parent))
      #expect(found.status == (span.failure == nil ? "UNSET" : "ERROR"), "\(found.json)")
      #expect(found.statusMessage == span.failure ?? "")
      let (start, end) = (found.startMicroseconds ?? -1, found.endMicroseconds ?? -1)
      let day: Int64 = 86_400_000_000
      // The receiver rounds each end to a microsecond.
      let taken = (end - start + day) % day
      #expect(abs(taken - Int64(span.durationMicroseconds)) <= 1, "\(span), \(found.json)")
      for attribute in span.attributes {
        let value = found.attributes?[attribute.name]
        let isSame =
          switch attribute.value {
          case .text(let text): value?.string == text
          case .integer(let number): value?.int64 == number
          case .number(let number): value?.double == number
          case .flag(let flag): value?.bool == flag
          }
        #expect(isSame, "\(span.name): \(attribute), not \(String(describing: value))")
      }
    }

    /// Without the gateway's word: a call is a span of its caller and one of its server below it.
    private func checkWhole(_ spans: [PhoenixServer.StoredSpan]) throws {
      let root = try #require(spans.first { $0.name == Self.rank })
      for hop in Self.hops {
        let both = spans.filter { $0.name == hop }
        #expect(both.count == 2, "\(hop): \(both.map(\.json))")
        let call = try #require(both.first { $0.parent == root.id }, "\(hop)")
        let served = try #require(both.first { $0.parent == call.id }, "\(hop)")
        for span in both {
          #expect(span.attributes?["rpc.system.name"]?.string == "brigade")
          #expect(span.attributes?["rpc.method"]?.string == hop)
          #expect(span.attributes?["rpc.response.status_code"]?.string == "OK")
        }
        #expect(call.attributes?["brigade.replica"]?.string?.hasSuffix("-1") == true)
        #expect(served.attributes?["brigade.handler_us"]?.int64 != nil)
        #expect(root.startMicroseconds ?? 0 <= call.startMicroseconds ?? -1)
        #expect(call.startMicroseconds ?? 0 <= served.startMicroseconds ?? -1)
      }
      #expect(spans.contains { $0.name == "rules" && $0.parent == root.id })
      #expect(root.attributes?["brigade.degraded"]?.bool == false)
    }

    private func checkDegraded(_ spans: [PhoenixServer.StoredSpan]) throws {
      let root = try #require(spans.first { $0.name == Self.rank })
      #expect(root.status == "UNSET" && root.attributes?["brigade.degraded"]?.bool == true)
      let failed = try #require(
        spans.first { $0.name == Self.hops.last && $0.parent == root.id })
      #expect(failed.status == "ERROR" && failed.statusMessage?.isEmpty == false)
      #expect(failed.attributes?["brigade.rung"]?.string == "\(Rung.lightModel)")
    }
  }
}
