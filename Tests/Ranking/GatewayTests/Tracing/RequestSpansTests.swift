import Messages
import RPC
import Telemetry
import Testing

@testable import Gateway

@Suite struct RequestSpansTests {
  private var request: RequestTrace {
    var context = TraceContext()
    (context.traceHigh, context.traceLow, context.parentSpan) = (1, 2, 3)
    var random = PolicyRandom(seed: 1)
    return RequestTrace(
      context, received: Instant(nanoseconds: 5), sampler: TraceSampler(headRate: 0),
      random: &random)
  }

  private func attempt(
    _ replica: String, _ start: UInt64, _ end: UInt64, _ code: Code = .ok, number: UInt32 = 1,
    hedge: Bool = false
  ) -> Messages.Attempt {
    var attempt = Messages.Attempt()
    attempt.replica = replica
    attempt.startMicroseconds = start
    attempt.elapsedMicroseconds = end - start
    attempt.code = code.rawValue
    attempt.message = code == .ok ? "" : "it failed"
    attempt.number = number
    attempt.hedge = hedge
    return attempt
  }

  private func hop<Request, Response>(
    _ method: Method<Request, Response>, _ attempts: [Messages.Attempt], rung: Rung = .primary
  ) -> Hop {
    var hop = Hop()
    hop.method = method.name
    hop.rung = rung
    hop.attempts = attempts
    hop.startMicroseconds = attempts.map(\.startMicroseconds).min() ?? 0
    let end = attempts.map { $0.startMicroseconds + $0.elapsedMicroseconds }.max() ?? 0
    hop.elapsedMicroseconds = end - hop.startMicroseconds
    if let last = attempts.last, last.code == 0 {
      hop.replica = last.replica
      hop.queueMicroseconds = 10
      hop.handlerMicroseconds = 50
      hop.wireMicroseconds = last.elapsedMicroseconds - 60
    } else {
      hop.why = "it failed"
    }
    return hop
  }

  private let door = Door(address: .tcp(host: "10.0.0.1", port: 7_000))
  private let addresses: [String: Address] = [
    "inference-1": .tcp(host: "10.0.0.7", port: 7_300), "inference-2": .unix(path: "/run/b.sock"),
  ]

  private func trace(
    _ hops: [Hop], error: RPCError? = nil, _ change: (inout RankResponse) -> Void = { _ in }
  ) -> Trace {
    var response = RankResponse()
    response.requestID = "r1"
    response.elapsedMicroseconds = 1_000
    response.rulesMicroseconds = 30
    response.model = "browse/1"
    response.hops = hops
    change(&response)
    return RequestSpans(
      request: request, replica: "gateway-1", door: door, addresses: addresses,
      budgetMicroseconds: 200_000, queueMicroseconds: 4
    ).trace(
      RequestOutcome(response), error: error, reasons: .slow, weight: 1, state: "a=b",
      startUnixNanoseconds: 9_000)
  }

  @Test func `the request is the root, below its caller's span`() {
    let root = trace([]).root
    #expect(root.parent == 3 && root.id == request.rootSpan)
    #expect(root.name == "brigade.v1.Gateway/Rank" && root.kind == .server)
    #expect(root.service == "brigade-gateway" && root.instance == "gateway-1")
    #expect(root.text("rpc.system.name") == "brigade" && root.text("rpc.method") == root.name)
    #expect(root.text("rpc.response.status_code") == "OK" && root["error.type"] == nil)
    #expect(root.text("server.address") == "10.0.0.1" && root.integer("server.port") == 7_000)
    #expect(root.text("brigade.model") == "browse/1" && root["brigade.message"] == nil)
    #expect(root.integer("brigade.deadline_left_us") == 199_000)
    #expect(trace([]).requestID == "r1" && trace([]).state == "a=b")
  }

  @Test func `a hop is its caller's span with its server's in the middle`() throws {
    let trace = trace([hop(.score, [attempt("inference-2", 100, 260)])])
    #expect(trace.spans.map(\.kind) == [.server, .client, .server, .internal])
    let (client, server) = (trace.spans[1], trace.spans[2])
    #expect(client.id == request.span(.inference) && client.parent == request.rootSpan)
    #expect(client.startMicroseconds == 100 && client.durationMicroseconds == 160)
    #expect(client.integer("brigade.wire_us") == 100 && client.text("brigade.rung") == "primary")
    #expect(client.text("brigade.replica") == "inference-2")
    #expect(client.integer("brigade.deadline_left_us") == 199_900)
    #expect(server.parent == client.id && server.service == "brigade-inference")
    #expect(server.instance == "inference-2" && server.text("brigade.model") == "browse/1")
    // Half of the wire before it, half behind.
    #expect(server.startMicroseconds == 150 && server.durationMicroseconds == 60)
    #expect(server.integer("brigade.queue_us") == 10)
    #expect(server.integer("brigade.handler_us") == 50)
    let rules = trace.spans[3]
    #expect(rules.name == "rules" && rules.startMicroseconds == 970)
  }

  @Test func `bytes are told of a hop and of each of its attempts`() {
    var first = attempt("inference-1", 0, 50, .unavailable)
    first.requestBytes = 4_000
    var second = attempt("inference-2", 50, 120, number: 2)
    (second.requestBytes, second.answerBytes) = (4_001, 300)
    let spans = trace([hop(.score, [first, second])]).spans
    let client = spans[1]
    #expect(client.integer("brigade.request_bytes") == 8_001)
    #expect(client.integer("brigade.answer_bytes") == 300)
    #expect(spans[2].integer("brigade.request_bytes") == 4_000)
    #expect(spans[2]["brigade.answer_bytes"] == nil)
    #expect(spans[3].integer("brigade.answer_bytes") == 300)
  }

  @Test func `who was asked is named by address, as far as it is known`() {
    let spans = trace([
      hop(.score, [attempt("inference-1", 0, 40, .unavailable), attempt("inference-2", 50, 150)])
    ]).spans
    #expect(spans[1].text("server.address") == "/run/b.sock")
    #expect(spans[2].text("server.address") == "10.0.0.7")
    #expect(spans[2].integer("server.port") == 7_300)
    #expect(spans[3].text("server.address") == "/run/b.sock" && spans[3]["server.port"] == nil)
    let unknown = trace([hop(.search, [attempt("retrieval-1", 0, 90)])]).spans
    #expect(unknown[1]["server.address"] == nil)
  }

  @Test func `events on their way to the log's writer are a hop too`() {
    let outcome = RequestOutcome(
      Method.append.name, elapsedMicroseconds: 500,
      hop: hop(.append, [attempt("features-1", 10, 400)]))
    let trace = RequestSpans(
      request: request, replica: "gateway-1", door: door, addresses: addresses,
      budgetMicroseconds: 1_000, queueMicroseconds: 4
    ).trace(
      outcome, error: nil, reasons: .asked, weight: 1, state: "", startUnixNanoseconds: 0)
    #expect(trace.spans.map(\.name) == Array(repeating: Method.append.name, count: 3))
    #expect(trace.spans.map(\.kind) == [.server, .client, .server])
    #expect(trace.spans[1].id == request.appendSpan)
    #expect(trace.spans[2].service == "brigade-features")
    #expect(trace.root["brigade.candidates"] == nil && trace.root["brigade.request_id"] == nil)
    #expect(trace.root["brigade.model"] == nil)
  }

  @Test func `a hedge and its loser are siblings, and the loser is marked`() {
    let trace = trace([
      hop(
        .search,
        [
          attempt("retrieval-1", 0, 90, .cancelled),
          attempt("retrieval-2", 30, 100, number: 2, hedge: true),
        ], rung: .otherReplica)
    ])
    let (client, loser, winner) = (trace.spans[1], trace.spans[2], trace.spans[3])
    #expect(loser.parent == client.id && winner.parent == client.id && loser.id != winner.id)
    #expect(loser.isLost && !winner.isLost && loser.failure == nil)
    #expect(loser["error.type"] == nil)
    #expect(loser.text("rpc.response.status_code") == "CANCELLED")
    #expect(loser["brigade.hedge"] == .flag(false) && winner["brigade.hedge"] == .flag(true))
    #expect(winner.integer("brigade.attempt") == 2 && client.integer("brigade.attempts") == 2)
    #expect(trace.spans[4].parent == winner.id && trace.spans[4].instance == "retrieval-2")
    #expect(CriticalPath(trace).contains(2) && CriticalPath(trace).contains(4))
  }

  @Test func `a retry's first attempt failed, and says how`() {
    let trace = trace([
      hop(.get, [attempt("features-1", 0, 50, .unavailable), attempt("features-2", 50, 120)])
    ])
    #expect(trace.spans[2].isLost && trace.spans[2].failure == "UNAVAILABLE: it failed")
    #expect(trace.spans[2].text("error.type") == "UNAVAILABLE")
    #expect(trace.spans[1].failure == nil)
  }

  @Test func `a hop that fell back has no server, and its attempts failed and lost nothing`() {
    let trace = trace([
      hop(
        .score, [attempt("a", 0, 50, .internal), attempt("b", 50, 99, .internal)],
        rung: .lightModel)
    ])
    #expect(trace.spans.map(\.name).filter { $0 == Method.score.name }.count == 3)
    #expect(
      trace.spans[1].failure == "it failed" && trace.spans[1].text("brigade.rung") == "lightModel")
    #expect(!trace.spans.contains { $0.isLost })
    #expect(trace.spans[1].text("brigade.why") == "it failed")
  }

  @Test func `the only attempt, never answered, is a span that says who was asked`() {
    let trace = trace([
      hop(.search, [attempt("retrieval-1", 20, 920, .deadlineExceeded)], rung: .popular)
    ])
    #expect(trace.spans.map(\.kind) == [.server, .client, .client, .internal])
    let (call, asked) = (trace.spans[1], trace.spans[2])
    #expect(asked.parent == call.id && asked.text("brigade.replica") == "retrieval-1")
    #expect(asked.integer("brigade.attempt") == 1 && asked["brigade.hedge"] == .flag(false))
    #expect(asked.failure == "DEADLINE_EXCEEDED: it failed" && !asked.isLost)
    // The call's result is nobody's.
    #expect(call["brigade.replica"] == nil)
    #expect(CriticalPath(trace).ownMicroseconds(of: 2) == 900)
    #expect(CriticalPath(trace).ownMicroseconds(of: 1) == 0)
  }

  @Test func `a replica that fails in its handler shows how long it was in there`() {
    var failed = attempt("inference-1", 0, 90_000, .internal)
    (failed.queueMicroseconds, failed.handlerMicroseconds) = (1_000, 80_000)
    let refused = attempt("inference-2", 90_000, 91_000, .unavailable, number: 2)
    let trace = trace([hop(.score, [failed, refused], rung: .lightModel)]) {
      $0.elapsedMicroseconds = 95_000
    }
    let server = trace.spans[3]
    #expect(trace.spans.map(\.kind) == [.server, .client, .client, .server, .client, .internal])
    #expect(server.parent == trace.spans[2].id && server.instance == "inference-1")
    #expect(server.service == "brigade-inference" && server.durationMicroseconds == 81_000)
    #expect(server.integer("brigade.handler_us") == 80_000)
    #expect(server.text("rpc.response.status_code") == "INTERNAL")
    #expect(server.failure == "INTERNAL: it failed" && server["brigade.model"] == nil)
    #expect(CriticalPath(trace).ownMicroseconds(of: 3) == 81_000)
    // The one that said nothing of its time has no span of its own.
    #expect(!trace.spans.contains { $0.kind == .server && $0.instance == "inference-2" })
  }

  @Test func `a retry's failed attempt keeps its server's time beside the answer's`() {
    var failed = attempt("features-1", 0, 50, .unavailable)
    (failed.queueMicroseconds, failed.handlerMicroseconds) = (40, 0)
    let trace = trace([hop(.get, [failed, attempt("features-2", 50, 150, number: 2)])])
    let servers = trace.spans.dropFirst().filter { $0.kind == .server }
    #expect(servers.map(\.instance) == ["features-1", "features-2"])
    #expect(servers.map { $0.integer("brigade.queue_us") } == [40, 10])
  }

  @Test func `a skipped hop is no failure`() {
    var skipped = hop(.score, [], rung: .skipped)
    skipped.why = "no rows to score"
    let span = trace([skipped]).spans[1]
    #expect(span.failure == nil && span.durationMicroseconds == 0)
    #expect(span["rpc.response.status_code"] == nil)
  }

  @Test func `who asks wrongly or leaves is no error of the server`() {
    let bad = trace([], error: .invalidArgument("no place")).root
    #expect(bad.failure == nil && bad.text("error.type") == "INVALID_ARGUMENT")
    #expect(bad.text("brigade.message") == "no place")
    let late = trace([], error: RPCError(.deadlineExceeded, "too late")).root
    #expect(late.failure?.contains("too late") == true)
  }

  @Test func `what came as Connect says so, and its hops are ours`() {
    let spans = RequestSpans(
      request: request, replica: "gateway-1",
      door: Door(system: "connectrpc", address: .unix(path: "/run/edge.sock")), addresses: [:],
      budgetMicroseconds: 1_000, queueMicroseconds: 4
    ).trace(
      RequestOutcome(
        Method.append.name, elapsedMicroseconds: 500,
        hop: hop(.append, [attempt("features-1", 10, 400)])), error: nil, reasons: .asked,
      weight: 1, state: "", startUnixNanoseconds: 0
    ).spans
    #expect(spans.map { $0.text("rpc.system.name") } == ["connectrpc", "brigade", "brigade"])
    #expect(spans[0].text("server.address") == "/run/edge.sock" && spans[0]["server.port"] == nil)
  }

  @Test func `a replica's word for its times is not taken for more than its caller saw`() {
    var hop = hop(.assemble, [attempt("features-1", 100, 200)])
    hop.queueMicroseconds = .max
    hop.handlerMicroseconds = .max
    let server = trace([hop]).spans[2]
    #expect(server.startMicroseconds == 100 && server.durationMicroseconds == 100)
    hop.queueMicroseconds = 500
    hop.handlerMicroseconds = 1
    #expect(trace([hop]).spans[2].durationMicroseconds == 100)
  }

  @Test func `rules that took longer than the request are drawn inside it`() {
    let rules = trace([]) { $0.rulesMicroseconds = .max }.spans[1]
    #expect(rules.startMicroseconds == 0 && rules.durationMicroseconds == 1_000)
  }

  @Test func `the request's span has its arms`() {
    var arm = Arm()
    (arm.experiment, arm.arm, arm.why) = ("trial", "treatment", "no model scored")
    let root = trace([]) { $0.arms = [arm] }.root
    #expect(root.arms.map { $0.encoded() } == [arm.encoded()])
    #expect(root.text("brigade.experiment.trial") == "treatment")
  }
}
