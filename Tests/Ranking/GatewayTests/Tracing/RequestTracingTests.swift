import JSON
import Messages
import Node
import RPC
import ServingSupport
import Telemetry
import TestSupport
import Testing

@testable import Gateway

/// Requests of a running gateway, and the traces that its admin port has of them.
@Suite struct RequestTracingTests {
  private func traces(_ gateway: RunningGateway, _ query: String = "") throws -> [Trace] {
    let page = try #require(gateway.page("/traces", query: query))
    #expect(page.status == 200, "\(page.body)")
    let json = try JSONValue(parsing: Array(page.body.utf8))
    return try (json["traces"]?.array ?? []).map { try #require(Trace($0)) }
  }

  @Test func `chance keeps a trace whole, from the request to each replica`() async throws {
    let gateway = try await RunningGateway(["--trace.sample-rate", "1"])
    let response = try await gateway.rank()
    let trace = try #require(try traces(gateway, "class=sampled").first)
    #expect(trace.requestID == "request" && trace.weight == 1)
    // Receivers count by it.
    #expect(trace.state == "ot=th:0")
    #expect(trace.durationMicroseconds == response.elapsedMicroseconds)
    for name in ["Retrieval/Search", "Features/Get", "Features/Assemble", "Inference/Score"] {
      let spans = trace.spans.filter { $0.name == "brigade.v1." + name }
      #expect(spans.map(\.kind) == [.client, .server], "\(name)")
      #expect(spans.last?.instance == "fake-1" && spans.last?.parent == spans.first?.id)
      #expect(spans.first?.parent == trace.root.id)
    }
    #expect(trace.root.text("brigade.model") == "taste/3")
    let pieces = CriticalPath(trace).pieces
    #expect(pieces.last?.endMicroseconds == trace.durationMicroseconds)
  }

  @Test func `a bucket of the page of metrics leads to the trace`() async throws {
    let gateway = try await RunningGateway(["--trace.sample-rate", "1"])
    _ = try await gateway.rank()
    let trace = try #require(try traces(gateway).first)
    let page = gateway.environment.metrics.render(.openMetrics)
    #expect(
      page.split(separator: "\n").contains {
        $0.hasPrefix("brigade_gateway_rank_duration_seconds_bucket")
          && $0.contains("# {trace_id=\"\(trace.id)\"}")
      })
  }

  @Test func `a quick, whole answer that nobody asked a trace for leaves none`() async throws {
    let gateway = try await RunningGateway(["--trace.sample-rate", "0"])
    for _ in 0..<5 { _ = try await gateway.rank() }
    #expect(try traces(gateway).isEmpty)
  }

  @Test func `a degraded answer is kept, with the rung and why`() async throws {
    let gateway = try await RunningGateway(absent: ["inference"], ["--trace.sample-rate", "0"])
    #expect(try await gateway.rank().degraded)
    let trace = try #require(try traces(gateway, "class=degraded").first)
    let score = try #require(trace.spans.first { $0.name == "brigade.v1.Inference/Score" })
    #expect(score.text("brigade.rung") == "lightModel")
    #expect(score.failure?.contains("no replica of inference") == true)
    #expect(gateway.metric("brigade_traces_kept_total{class=\"degraded\"}") == "1")
  }

  @Test func `who sends the sampled flag finds the trace by its id, and the state with it`()
    async throws
  {
    let gateway = try await RunningGateway(["--trace.sample-rate", "0"])
    var context = TraceContext()
    (context.traceHigh, context.traceLow, context.parentSpan) = (0xa, 0xb, 0xc)
    context.flags = 1
    var options = CallOptions(
      deadline: .now().adding(milliseconds: Patience.milliseconds), trace: context)
    options.metadata = [Metadata("tracestate", "vendor=7")]
    let client = try await Client(
      "gateway", at: .list([gateway.address]),
      identity: Identity(replica: "test", software: "test"))
    defer { client.shutDown() }
    _ = try await client.call(.rank, Samples.request, options).result.get()
    let page = try #require(gateway.page("/traces/\(context.id)"))
    let trace = try #require(Trace(try JSONValue(parsing: Array(page.body.utf8))))
    #expect(trace.reasons == .asked && trace.state == "vendor=7")
    #expect(trace.root.parent == 0xc && trace.flags == 1)
  }

  @Test func `replicas see the trace, with the hop's span for their caller`() async throws {
    let seen = Guarded<[TraceContext]>([])
    let gateway = try await RunningGateway(["--trace.sample-rate", "1"]) { answers in
      answers.search = { _, call in
        seen.withLock { $0.append(call.trace) }
        return Samples.search(10)
      }
    }
    _ = try await gateway.rank()
    let trace = try #require(try traces(gateway).first)
    let told = try #require(seen.withLock { $0.first })
    let client = trace.spans.first { $0.name == "brigade.v1.Retrieval/Search" }
    #expect(told.id == trace.id && told.parentSpan == client?.id && told.flags == 1)
  }

  @Test func `a bad question is no failure of ours, and is kept by chance only`() async throws {
    let gateway = try await RunningGateway(["--trace.sample-rate", "0"])
    do {
      _ = try await gateway.rank { $0.place = nil }
      Issue.record("a question without a place was answered")
    } catch {}
    #expect(try traces(gateway).isEmpty)
    let curious = try await RunningGateway(["--trace.sample-rate", "1"])
    do {
      _ = try await curious.rank { $0.place = nil }
      Issue.record("a question without a place was answered")
    } catch {}
    let trace = try #require(try traces(curious).first)
    #expect(trace.root.text("error.type") == "INVALID_ARGUMENT" && trace.root.failure == nil)
  }

  @Test func `a request whose time was over has failed, and shows where the time went`()
    async throws
  {
    let gateway = try await RunningGateway(["--trace.sample-rate", "0"]) { answers in
      answers.search = { _, _ in
        await FakeAnswers.never()
        return SearchResponse()
      }
    }
    do {
      _ = try await gateway.rank(milliseconds: 500)
    } catch {}
    var found: [Trace] = []
    let patience = Instant.now().adding(milliseconds: Patience.milliseconds)
    while found.isEmpty, Instant.now() < patience { found = try traces(gateway) }
    let trace = try #require(found.first)
    #expect(!trace.reasons.intersection([.failed, .degraded]).isEmpty)
    let search = trace.spans.first { $0.name == "brigade.v1.Retrieval/Search" }
    #expect(search?.failure != nil)
  }

  @Test func `a replica that failed in its handler shows how long it was in there`() async throws {
    let gateway = try await RunningGateway(["--trace.sample-rate", "0"]) { answers in
      answers.score = { _, _ throws(RPCError) in
        await Self.passes(milliseconds: 20)
        throw RPCError(.internal, "broken", advice: .never)
      }
    }
    #expect(try await gateway.rank().degraded)
    let trace = try #require(try traces(gateway, "class=degraded").first)
    let spans = trace.spans.filter { $0.name == Method.score.name }
    #expect(spans.map(\.kind) == [.client, .client, .server])
    let (asked, server) = (try #require(spans.dropFirst().first), try #require(spans.last))
    #expect(asked.text("brigade.replica") == "fake-1" && server.instance == "fake-1")
    #expect(server.parent == asked.id && server.failure == "INTERNAL: broken")
    #expect(server.integer("brigade.handler_us") >= 20_000)
  }

  /// Of a service that is slow, but busy with nothing.
  private static func passes(milliseconds: Int64) async {
    let end = Instant.now().adding(milliseconds: milliseconds)
    while Instant.now() < end { await Task.yield() }
  }

  @Test func `one slow request among quick ones is kept although chance keeps none`() async throws {
    let gateway = try await RunningGateway(["--trace.sample-rate", "0"])
    var slowest: UInt64 = 0
    for _ in 0..<250 { slowest = max(slowest, try await gateway.rank().elapsedMicroseconds) }
    let slow = Int64(slowest / 1_000) * 2 + 50
    gateway.services.change { answers in
      answers.search = { _, _ in
        await Self.passes(milliseconds: slow)
        return Samples.search(10)
      }
    }
    _ = try await gateway.rank { $0.requestID = "slow" }
    let page = try #require(gateway.page("/traces/slow"))
    let trace = try #require(Trace(try JSONValue(parsing: Array(page.body.utf8))), "\(page.body)")
    #expect(trace.reasons == .slow && trace.weight == 1)
    #expect(trace.durationMicroseconds >= UInt64(slow) * 1_000)
    // What its loop takes for slow is told, and below it.
    let page2 = gateway.environment.metrics.renderPrometheus().split(separator: "\n")
    let line = try #require(
      page2.first { $0.hasPrefix("brigade_trace_slow_threshold_seconds{loop=\"") })
    let told = try #require(line.split(separator: " ").last.flatMap { Double($0) })
    #expect(told > 0 && told * 1e6 < Double(trace.durationMicroseconds))
  }

  @Test func `an append leaves a trace, and its writer sees whose call it is`() async throws {
    let seen = Guarded<[TraceContext]>([])
    let gateway = try await RunningGateway(["--trace.sample-rate", "1"]) { answers in
      answers.append = { request, call in
        seen.withLock { $0.append(call.trace) }
        return FakeAnswers.appended(request)
      }
    }
    _ = try await gateway.caller.answer(.append, Samples.append("a"))
    let trace = try #require(try traces(gateway, "class=sampled").first)
    #expect(trace.root.name == Method.append.name)
    #expect(trace.spans.map(\.instance) == ["gateway-1", "gateway-1", "fake-1"])
    #expect(trace.spans[1].integer("brigade.request_bytes") > 0)
    #expect(trace.spans[1].integer("brigade.answer_bytes") > 0)
    let told = try #require(seen.withLock { $0.first })
    #expect(told.id == trace.id && told.parentSpan == trace.spans[1].id)
  }

  @Test func `events that wait in the spool are degraded, and show why`() async throws {
    let gateway = try await RunningGateway(
      absent: ["features"], ["--trace.sample-rate", "0"], spooling: true)
    #expect(try await gateway.caller.answer(.append, Samples.append("a")).spooled)
    let trace = try #require(try traces(gateway, "class=degraded").first)
    #expect(trace.spans[1].text("brigade.rung") == "without")
    #expect(trace.spans[1].failure?.contains("no replica of events") == true)
    #expect(trace.root.failure == nil)
  }

  @Test func `events that can't be kept have failed, bad ones are the caller's fault`()
    async throws
  {
    let gateway = try await RunningGateway(absent: ["features"], ["--trace.sample-rate", "0"])
    _ = await gateway.caller.failure(.append, AppendRequest())
    #expect(try traces(gateway).isEmpty)
    _ = await gateway.caller.failure(.append, Samples.append("a"))
    let trace = try #require(try traces(gateway, "class=failed").first)
    #expect(trace.root.text("error.type") == "UNAVAILABLE" && trace.root.failure != nil)
  }

  private struct RefusedCall: TracedCall {
    var trace = TraceContext()
    var received = Instant.now()
    var started: Instant { received }
    var deadline: Instant { received.adding(milliseconds: 200) }
    var metadata: [Metadata] { [] }
  }

  /// Without a gateway around it.
  private struct Alone {
    let environment = ServiceEnvironment.ofTest(replica: "gateway-1")
    let tracing: RequestTracing

    init(sampleRate: String = "0") throws {
      let settings = try TestSettings.read(
        GatewayConfiguration.self, ["--trace.sample-rate=\(sampleRate)"])
      tracing = RequestTracing(
        try TraceKeeper(settings.tracing, in: environment), replica: "gateway-1",
        slowThreshold: environment.metrics.gauge("brigade_test_threshold_seconds", "test"), seed: 1)
    }

    func traces(_ query: String = "limit=1000") throws -> [Trace] {
      let page = try #require(
        environment.pages.answer(
          HTTPRequest(method: "GET", path: "/traces", query: query, keepsAlive: true)))
      return try (JSONValue(parsing: Array(page.body.utf8))["traces"]?.array ?? []).map {
        try #require(Trace($0))
      }
    }
  }

  private var askedCall: RefusedCall {
    var call = RefusedCall()
    (call.trace.traceHigh, call.trace.traceLow, call.trace.flags) = (1, 2, 1)
    return call
  }

  @Test func `of a flood of refused calls one a second leaves a trace`() throws {
    let alone = try Alone()
    let began = Instant.now()
    for _ in 0..<1_000 {
      alone.tracing.refused(
        RefusedCall(), Method.rank.name, .notStarted("too many requests wait"))
    }
    let seconds = Int(Instant.now().nanoseconds(since: began) / 1_000_000_000)
    let all = try alone.traces("class=failed")
    #expect((1...1 + seconds + 1).contains(all.count), "\(all.count) in \(seconds) s")
    let trace = try #require(all.first)
    #expect(trace.spans.count == 1 && trace.root.name == Method.rank.name)
    #expect(trace.root.failure?.contains("too many requests wait") == true)
    #expect(trace.root.text("rpc.response.status_code") == "UNAVAILABLE")
  }

  @Test func `who asked for a refused call's trace has it, in a flood a hundred a second`() throws {
    let alone = try Alone()
    let call = askedCall
    alone.tracing.refused(call, Method.rank.name, .invalidArgument("the body is no JSON"))
    let trace = try #require(try alone.traces().first)
    #expect(trace.reasons == .asked && trace.id == call.trace.id)
    #expect(trace.root.id == call.trace.serverSpan(received: call.received))
    #expect(trace.root.text("rpc.response.status_code") == "INVALID_ARGUMENT")
    #expect(trace.root.failure == nil)
    let began = Instant.now()
    for _ in 0..<1_000 { alone.tracing.refused(call, Method.rank.name, .invalidArgument("no")) }
    let seconds = Int(Instant.now().nanoseconds(since: began) / 1_000_000_000)
    let kept = try #require(
      Samples.metric(
        "brigade_traces_kept_total{class=\"asked\"}", alone.environment.metrics))
    #expect((100...100 * (seconds + 2)).contains(Int(kept) ?? 0), "\(kept) in \(seconds) s")
  }

  @Test func `a refused method that is not ours is kept for who asked, and is no failure`() throws {
    let alone = try Alone()
    let error = RPCError(.unimplemented, "no method a/b", advice: .never)
    alone.tracing.refused(RefusedCall(), MethodTable.unknownMethod, error)
    #expect(try alone.traces().isEmpty)
    alone.tracing.refused(askedCall, MethodTable.unknownMethod, error)
    let trace = try #require(try alone.traces().first)
    #expect(trace.reasons == .asked && trace.root.name == "_OTHER")
    #expect(trace.root.text("rpc.method") == "_OTHER")
  }

  @Test func `a refused call that asked for nothing is kept by chance`() throws {
    let alone = try Alone(sampleRate: "1")
    alone.tracing.refused(RefusedCall(), Method.rank.name, .invalidArgument("no"))
    #expect(try alone.traces().map(\.reasons) == [.sampled])
  }
}
