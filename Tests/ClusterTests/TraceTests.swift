import Glibc
import JSON
import Messages
import Node
import RPC
import ServingSupport
import Telemetry
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// Traces of a cluster of real processes, as people and collectors see them.
  @Suite(.serialized) struct TraceTests {
    private func cluster(
      inference: Int = 1, _ flags: [String] = ["--trace.sample-rate", "1"]
    ) async throws -> TestCluster {
      try await TestCluster(
        retrieval: 1, features: 1, inference: inference,
        gatewayFlags: ["--edge", "127.0.0.1:0"] + flags)
    }

    private func trace(
      _ arguments: [String], of cluster: TestCluster
    ) async throws -> FinishedProgram {
      try await FinishedProgram.run(
        "brigade", ["trace"] + arguments + ["--admin", cluster[.gateway][0].ready.admin],
        in: cluster.folder)
    }

    @Test func `the slowest request is drawn, hop by hop`() async throws {
      let cluster = try await cluster()
      for _ in 0..<10 { _ = try await cluster.rank() }
      let run = try await trace(["--slowest"], of: cluster)
      #expect(run.end == .exit(0), "\(run.errorOutput)")
      let lines = run.output.split(separator: "\n")
      #expect(lines.first?.hasPrefix("trace ") == true)
      for (span, replica) in [
        ("Gateway/Rank", "gateway-1"), ("Retrieval/Search", "retrieval-1"),
        ("Features/Assemble", "features-1"), ("Inference/Score", "inference-1"),
        ("rules", "gateway-1"),
      ] {
        let row = lines.first { $0.contains("\(span) ") && $0.contains(" \(replica) ") }
        #expect(row != nil, "\(span) in \(run.output)")
      }
      #expect(lines.last?.hasPrefix("█ waited for: ") == true)
      // Piped: no colours, and no wider than a terminal.
      #expect(!run.output.contains("\u{1B}"))
      #expect(lines.dropLast().allSatisfy { $0.count <= 120 }, "\(run.output)")
    }

    @Test func `a request is found by the id of its answer, and by that of the caller's trace`()
      async throws
    {
      let cluster = try await cluster([])
      let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
      let edge = try #require(cluster[.gateway][0].ready.edge)
      let asked = try await FinishedProgram.run(
        "/usr/bin/env",
        [
          "curl", "-sS", "-i", "http://\(edge)/brigade.v1.Gateway/Rank", "-H",
          "Content-Type: application/json", "-H",
          "traceparent: 00-\(trace)-00f067aa0ba902b7-01", "-H", "tracestate: vendor=7", "-d",
          #"{"requestId":"mine","place":{"latitude":37.76,"longitude":-122.41}}"#,
        ], in: cluster.folder)
      #expect(asked.output.hasPrefix("HTTP/1.1 200"), "\(asked.output)\(asked.errorOutput)")
      let byTrace = try await self.trace([trace, "-o", "json"], of: cluster)
      let json = try JSONValue(parsing: Array(byTrace.output.utf8))
      #expect(json["requestId"]?.string == "mine" && json["traceState"]?.string == "vendor=7")
      let root = try #require(json["spans"]?.array?.first)
      #expect(root["parentSpanId"]?.string == "00f067aa0ba902b7")
      // The caller was told the span that is the root.
      let span = try #require(root["spanId"]?.string)
      #expect(
        asked.output.lowercased().contains("traceparent: 00-\(trace)-\(span)-01"), "\(asked.output)"
      )
      let byRequest = try await self.trace(["mine"], of: cluster)
      #expect(byRequest.output.hasPrefix("trace \(trace) · asked · "))
      let missing = try await self.trace(["nobodys"], of: cluster)
      #expect(missing.end == .exit(1))
      #expect(missing.errorOutput.contains("no trace or request of that id is kept"))
    }

    @Test func `who ranks with a trace finds it again by the request's id`() async throws {
      let cluster = try await cluster([])
      let run = try await FinishedProgram.run(
        "brigade",
        [
          "rank", "--gateway", cluster[.gateway][0].ready.listen, "--at", "37.7599,-122.4148",
          "--request-id", "looked-at", "--trace",
        ], in: cluster.folder)
      #expect(run.end == .exit(0), "\(run.errorOutput)")
      let found = try await trace(["looked-at"], of: cluster)
      #expect(found.output.contains(" · asked · "), "\(found.output)\(found.errorOutput)")
    }

    /// The way of who was woken up: which request shows it, where that one's time went, and what it
    /// would take to be quicker. From the alert on, `deploy/walkthrough` goes it.
    @Test func `one slow replica: from the trace to the hop and to the replica`() async throws {
      let cluster = try await cluster(inference: 2)
      let slow = try FaultProxy(to: try #require(Address(cluster[.inference][1].ready.listen)))
      slow.set(.delay(milliseconds: 250, jitterMilliseconds: 0))
      let quick = cluster[.inference][0].ready.listen
      try await list([quick], in: cluster)
      // Fewer than a hundred, so that one slow answer is the p99.
      for _ in 0..<40 { _ = try await cluster.rank() }
      // The slow one is connected to first, or else that would be what is waited for.
      try await list([quick, slow.address.description], in: cluster)
      try await list([slow.address.description], in: cluster)
      let slowest = try await cluster.rank().elapsedMicroseconds
      #expect(slowest >= 250_000)
      try lists(slowest, cluster)
      let drawn = try await trace(["--slowest"], of: cluster)
      #expect(
        drawn.output.contains("█ waited for: Inference/Score, wire to inference-2 "),
        "\(drawn.output)")
      try await checkAnalysis(of: cluster)
      try await namesWhoWasAsked(cluster)
    }

    /// Returns once the gateway is connected to these replicas of inference, and to no others.
    private func list(_ addresses: [String], in cluster: TestCluster) async throws {
      let lines = addresses.map { "\($0)\n" }.joined()
      try replaceFile(cluster.replicaFile(.inference), with: Array(lines.utf8))
      try await wait(for: "connections to \(addresses)") {
        cluster.metric(
          "brigade_client_ready_replicas", labelled: "inference", of: cluster[.gateway][0])
          == Double(addresses.count)
      }
    }

    /// A new gateway learns within half a second where its replicas are.
    private func namesWhoWasAsked(_ cluster: TestCluster) async throws {
      guard case .tcp(let host, let port) = Address(cluster[.retrieval][0].ready.listen) else {
        Issue.record("retrieval listens elsewhere")
        return
      }
      try await wait(for: "addresses on spans") {
        _ = try await cluster.rank()
        let page = try #require(cluster.page("/traces?limit=1", of: cluster[.gateway][0]))
        let trace = try JSONValue(parsing: Array(page.utf8))["traces"]?.array?.first
          .flatMap { Trace($0) }
        let call = trace?.spans.first { $0.name == Method.search.name && $0.kind == .client }
        return call?.text("server.address") == host && call?.integer("server.port") == UInt64(port)
      }
    }

    /// The gateway's own page has the trace.
    private func lists(_ microseconds: UInt64, _ cluster: TestCluster) throws {
      let page = try #require(
        cluster.page("/traces?sort=slowest&limit=1", of: cluster[.gateway][0]))
      let trace = try #require(
        try JSONValue(parsing: Array(page.utf8))["traces"]?.array?.first.flatMap { Trace($0) })
      #expect(trace.durationMicroseconds >= microseconds)
      let hop = try #require(trace.spans.max { waited($0, trace) < waited($1, trace) })
      #expect(hop.name == "brigade.v1.Inference/Score")
      #expect(hop.text("brigade.replica") == "inference-2")
      #expect(hop.integer("brigade.request_bytes") > 10_000)
      #expect(hop.integer("brigade.answer_bytes") > 1_000)
    }

    private func waited(_ span: Span, _ trace: Trace) -> UInt64 {
      trace.spans.firstIndex(of: span).map { CriticalPath(trace).ownMicroseconds(of: $0) } ?? 0
    }

    private func checkAnalysis(of cluster: TestCluster) async throws {
      let run = try await trace(["analyze", "-o", "json"], of: cluster)
      #expect(run.end == .exit(0), "\(run.errorOutput)")
      let json = try JSONValue(parsing: Array(run.output.utf8))
      let hop = try #require(json["hops"]?.array?.first)
      #expect(hop["hop"]?.string == "Inference/Score", "\(run.output)")
      #expect(hop["replica"]?.string == "inference-2" && hop["part"]?.string == "wire")
      let p99 = try #require(json["p99Us"]?.double)
      let halved = try #require(hop["p99UsIfFaster"]?.array?.last?["p99Us"]?.double)
      #expect(p99 >= 250_000 && halved < 0.8 * p99, "\(run.output)")
      let text = try await trace(["analyze"], of: cluster)
      #expect(text.output.contains("Inference/Score makes the p99: "), "\(text.output)")
    }

    @Test func `a degraded answer leads to why`() async throws {
      let cluster = try await cluster([])
      cluster[.inference][0].process.killAndReap()
      #expect(try await cluster.rank().degraded)
      let run = try await trace(["--degraded"], of: cluster)
      #expect(run.output.contains("(light model)"), "\(run.output)\(run.errorOutput)")
      #expect(run.output.contains("Inference/Score: light model — "))
      let log = cluster[.gateway][0].process.errorOutput
      let line = try #require(
        log.split(separator: "\n").first { $0.contains("class=degraded") }, "\(log)")
      for field in [
        "trace_id=", "request_id=", "method=", "duration_us=", "code=OK",
        "why=\"Inference/Score: ", "waited_hop=", "waited_us=",
      ] {
        #expect(line.contains(" \(field)"), "\(line)")
      }
      try await tellNothing(cluster)
      // Each is kept, and ten a second are told.
      let client = try await cluster.client(cluster[.gateway][0])
      defer { client.shutDown() }
      let began = Instant.now()
      for _ in 0..<200 {
        let end = await client.call(.rank, TestCluster.request, .within(milliseconds: 10_000))
        #expect(try end.result.get().degraded)
      }
      let seconds = Int(Instant.now().nanoseconds(since: began) / 1_000_000_000)
      for replica in cluster.replicas {
        let lines = replica.process.errorOutput.split(separator: "\n")
        #expect(lines.allSatisfy { $0.hasPrefix("time=") && $0.contains(" level=") }, "\(lines)")
        #expect(lines.count < 40 + 10 * seconds, "\(replica.name): \(lines.count) lines")
        let told = SmallTown.userIDs.filter { replica.process.errorOutput.contains($0) }
        #expect(told.isEmpty, "\(replica.name) tells of \(told)")
      }
    }

    /// Requests that name a user and are asked for, refused, no message, of no method, or events.
    private func tellNothing(_ cluster: TestCluster) async throws {
      let edge = try #require(cluster[.gateway][0].ready.edge)
      let user = SmallTown.userIDs[3]
      let event = #"{"id":"e1","kind":"EVENT_KIND_CLICK","timeMs":1,"userId":"\#(user)"}"#
      let bodies = [
        ("Gateway/Rank", #"{"userId":"\#(user)","place":{"latitude":37.76,"longitude":-122.41}}"#),
        ("Gateway/Rank", #"{"userId":"\#(user)","place":{"latitude":400}}"#),
        ("Gateway/Rank", #"{"userId":"\#(user)","\#(user)":1}"#),
        ("Gateway/Rank", #"{"userId":\#(user)"#), ("Gateway/\(user)", "{}"),
        ("Events/Append", #"{"events":[\#(event)]}"#),
        ("Events/Append", #"{"events":[{"userId":"\#(user)"}]}"#),
      ]
      for (number, (method, body)) in bodies.enumerated() {
        let trace = TraceID(high: 1, low: UInt64(number) + 1).description
        let asked = try await FinishedProgram.run(
          "/usr/bin/env",
          [
            "curl", "-sS", "-i", "http://\(edge)/brigade.v1.\(method)", "-H",
            "Content-Type: application/json", "-H",
            "traceparent: 00-\(trace)-00f067aa0ba902b7-01", "-d", body,
          ], in: cluster.folder)
        // Who is told of a span finds it.
        #expect(asked.output.contains("00-\(trace)-"), "\(asked.output)\(asked.errorOutput)")
        let drawn = try await self.trace([trace], of: cluster)
        #expect(drawn.output.hasPrefix("trace \(trace) · asked"), "\(method) \(body)")
      }
      let unread = try await trace(
        [TraceID(high: 1, low: 4).description, "-o", "json"], of: cluster)
      let root = try JSONValue(parsing: Array(unread.output.utf8))["spans"]?.array?.first
      let attributes = root?["attributes"]
      #expect(attributes?["rpc.system.name"]?.string == "connectrpc")
      #expect(attributes?["rpc.response.status_code"]?.string == "INVALID_ARGUMENT")
      #expect(attributes?["brigade.message"]?.string?.contains("no JSON") == true)
      let port = edge.split(separator: ":").last.flatMap { Int64($0) }
      #expect(attributes?["server.port"]?.int64 == port && port != nil)
    }

    @Test func `OpenTelemetry's own decoder reads what a receiver is sent`() async throws {
      let folder = TemporaryFolder()
      let receiver = try await ChildProgram.start(
        "/usr/bin/env", ["python3", "\(Checkout.root)/Tests/Fixtures/otlp_receiver.py"],
        name: "receiver", in: folder)
      try await wait(for: "the receiver; \(receiver.tail)", seconds: 60) {
        receiver.end != nil || receiver.output.contains("port ")
      }
      guard receiver.end == nil else {
        try #require(receiver.end == .exit(77), "\(receiver.output)")
        try Test.cancel("\(receiver.output)")
      }
      let port = try #require(
        receiver.output.split(whereSeparator: \.isWhitespace).dropFirst().first)
      let cluster = try await cluster([
        "--trace.sample-rate", "1", "--otlp-endpoint", "http://127.0.0.1:\(port)/v1/traces",
      ])
      let answer = try await cluster.rank()
      func spans() throws -> [JSONValue] {
        try receiver.output.split(separator: "\n").filter { $0.hasPrefix("{") && $0.hasSuffix("}") }
          .map { try JSONValue(parsing: Array($0.utf8)) }
      }
      func root() throws -> JSONValue? {
        try spans().first {
          $0["attributes"]?["brigade.request_id"]?.string == answer.requestID
        }
      }
      func served() throws -> JSONValue? {
        let trace = try root()?["trace"]?.string
        return try spans().first {
          $0["trace"]?.string == trace && $0["name"]?.string == "brigade.v1.Inference/Score"
            && $0["kind"]?.string == "SPAN_KIND_SERVER"
        }
      }
      try await wait(for: "the trace; \(receiver.tail)") {
        try root() != nil && served() != nil
      }
      let request = try #require(try root())
      let trace = try #require(request["trace"]?.string)
      #expect(trace.utf8.count == 32 && request["kind"]?.string == "SPAN_KIND_SERVER")
      #expect(request["service"]?.string == "brigade-gateway")
      #expect(request["status"]?.string == "STATUS_CODE_UNSET")
      let own = try spans().filter { $0["trace"]?.string == trace }
      let server = try #require(try served())
      #expect(server["service"]?.string == "brigade-inference")
      #expect(server["instance"]?.string == "inference-1")
      let ids = Set(own.compactMap { $0["span"]?.string })
      for span in own where span["span"]?.string != request["span"]?.string {
        #expect(ids.contains(span["parent"]?.string ?? ""), "\(span)")
        #expect((span["start"]?.uint64 ?? 0) <= span["end"]?.uint64 ?? 0)
      }
      receiver.killAndReap()
    }
  }
}
