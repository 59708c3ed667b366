import JSON
import Messages
import Node
import RPC
import ServingSupport
import Telemetry
import TestSupport
import Testing

@testable import Gateway

/// What a running gateway counts of its hops, its calls, and requests that got no answer.
@Suite struct GatewayMetricsTests {
  private static let broken = RPCError(.internal, "it broke", advice: .never)

  private func fallbacks(
    _ method: String, _ rung: String, _ reason: String, _ gateway: RunningGateway
  ) -> String? {
    gateway.metric(
      "brigade_gateway_fallbacks_total{rpc_method=\"brigade.v1.\(method)\",rung=\"\(rung)\","
        + "reason=\"\(reason)\"}")
  }

  private func calls(_ method: String, _ code: String, _ gateway: RunningGateway) -> String? {
    gateway.metric(
      "rpc_client_call_duration_seconds_count{rpc_method=\"brigade.v1.\(method)\","
        + "rpc_response_status_code=\"\(code)\"}")
  }

  @Test func `fallbacks are counted by hop, rung and reason`() async throws {
    let gateway = try await RunningGateway(absent: ["inference"]) {
      $0.get = { (_, _) async throws(RPCError) in throw Self.broken }
      $0.search = { _, _ in
        var response = Samples.search(10)
        response.names.removeLast()
        return response
      }
    }
    _ = try await gateway.rank()
    gateway.services.change { $0.search = { _, _ in Samples.search(10) } }
    _ = try await gateway.rank()
    #expect(fallbacks("Retrieval/Search", "popular", "bad_answer", gateway) == "1")
    #expect(fallbacks("Features/Get", "without", "internal", gateway) == "2")
    #expect(fallbacks("Inference/Score", "light_model", "not_connected", gateway) == "2")
    let text = gateway.environment.metrics.renderPrometheus()
    #expect(!text.contains("brigade_gateway_fallbacks_total{rpc_method=\"brigade.v1.Features/A"))
    #expect(text.components(of: "brigade_gateway_fallbacks_total{").count == 3)
  }

  @Test func `hops that are not begun have fallbacks for want of time`() async throws {
    let gateway = try await RunningGateway([
      "--budget-ms", "300", "--retrieval.budget-ms", "300", "--retrieval.attempt-ms", "300",
    ]) {
      $0.search = { _, _ in
        await FakeAnswers.never()
        return SearchResponse()
      }
    }
    let response = try await gateway.rank()
    #expect(response.hop("Assemble")?.why == "no time left")
    #expect(fallbacks("Retrieval/Search", "popular", "deadline_exceeded", gateway) == "1")
    #expect(fallbacks("Features/Assemble", "light_model", "no_time", gateway) == "1")
  }

  @Test func `calls are counted as the gateway sees them, by method, status and replica`()
    async throws
  {
    let gateway = try await RunningGateway()
    _ = try await gateway.rank()
    gateway.services.change { $0.score = { (_, _) async throws(RPCError) in throw Self.broken } }
    _ = try await gateway.rank()
    #expect(calls("Retrieval/Search", "OK", gateway) == "2")
    #expect(calls("Features/Get", "OK", gateway) == "2")
    #expect(calls("Features/Assemble", "OK", gateway) == "2")
    #expect(calls("Inference/Score", "OK", gateway) == "1")
    #expect(calls("Inference/Score", "INTERNAL", gateway) == "1")
    let labels = "{service=\"inference\",replica=\"fake-1\"}"
    #expect(gateway.metric("brigade_client_attempt_duration_seconds_count\(labels)") == "2")
    #expect(gateway.metric("brigade_client_attempt_errors_total\(labels)") == "1")
    #expect(fallbacks("Inference/Score", "light_model", "internal", gateway) == "1")
  }

  @Test func `a refused request's own call for the user is counted too`() async throws {
    let gateway = try await RunningGateway {
      $0.get = { _, _ in
        await FakeAnswers.never()
        return GetResponse()
      }
      $0.search = { (_, _) async throws(RPCError) in throw .invalidArgument("limit: too many") }
    }
    let failure = await gateway.caller.failure(.rank, Samples.request)
    #expect(failure?.code == .invalidArgument)
    #expect(calls("Features/Get", "CANCELLED", gateway) == "1")
    #expect(calls("Retrieval/Search", "INVALID_ARGUMENT", gateway) == "1")
  }

  @Test func `a request whose caller left is in the figures with the time that it took`()
    async throws
  {
    let (asked, ask) = AsyncStream.makeStream(of: Void.self)
    let patience = Patience.milliseconds.description
    let gateway = try await RunningGateway([
      "--budget-ms", patience, "--retrieval.budget-ms", patience,
      "--retrieval.attempt-ms", patience,
    ]) {
      $0.search = { _, _ in
        ask.yield()
        await FakeAnswers.never()
        return SearchResponse()
      }
    }
    let leaver = try await Client(
      "gateway", at: .list([gateway.address]), identity: Identity(replica: "", software: ""))
    leaver.start(
      .rank, Samples.request,
      CallOptions(deadline: .now().adding(milliseconds: Patience.milliseconds))
    ) { _ in }
    for await _ in asked { break }
    let late = Instant.now().adding(milliseconds: 120)
    try await waitUntil { Instant.now() >= late }
    leaver.shutDown()
    let count = "brigade_gateway_rank_duration_seconds_count"
    try await waitUntil { gateway.metric(count) == "1" }
    let sum = gateway.metric("brigade_gateway_rank_duration_seconds_sum").flatMap(Double.init)
    #expect(try #require(sum) > 0.1)
    let told = try #require(gateway.page("/status"))
    let requests = try #require(try JSONValue(parsing: Array(told.body.utf8))["requests"])
    #expect(requests["answered"]?.int64 == 0 && requests["abandoned"]?.int64 == 1)
    #expect(try #require(requests["p50Us"]?.double) > 100_000)
    #expect(
      gateway.metric("brigade_gateway_requests_total{outcome=\"abandoned\"}") == "1")
  }

  private func waitUntil(_ condition: () -> Bool) async throws {
    let deadline = Instant.now().adding(milliseconds: TestCaller.patienceMilliseconds)
    while !condition() {
      try #require(Instant.now() < deadline)
      await Task.yield()
    }
  }
}

extension String {
  /// What begins with each occurrence of a word.
  fileprivate func components(of word: String) -> [Substring] {
    split(separator: "\n").filter { $0.hasPrefix(word) }
  }
}
