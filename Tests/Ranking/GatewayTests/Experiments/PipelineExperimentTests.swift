import Definitions
import Messages
import Node
import RPC
import ServingSupport
import Telemetry
import TestSupport
import Testing

@testable import Gateway

/// Requests that are in experiments, from the file to the answer.
@Suite struct PipelineExperimentTests {
  private let folder = TemporaryFolder()

  /// A gateway whose experiment gives everybody one arm, which sets this.
  private func gateway(
    _ set: String, unit: String = #""user""#, _ arguments: [String] = [], serves: [String] = [],
    spooling: Bool = false, _ change: (inout FakeAnswers) -> Void = { _ in }
  ) async throws -> RunningGateway {
    write(set, unit: unit)
    return try await RunningGateway(
      ["--experiments", folder.file("experiments.json")] + arguments, spooling: spooling,
      serves: serves
    ) {
      $0.score = { request, _ in Self.scores(request) }
      change(&$0)
    }
  }

  private func write(_ set: String, unit: String = #""user""#) {
    folder.write(
      SampleExperiments.text(
        SampleExperiments.layer(
          "layer", unit: unit,
          #"""
          {"name": "trial", "share": 1, "arms": [
            {"name": "treatment", "weight": 1000000, "set": \#(set)},
            {"name": "control", "weight": 0.001}]}
          """#)), to: "experiments.json")
  }

  /// With the model that was asked for, and the heads click and order.
  private static func scores(_ request: ScoreRequest) -> ScoreResponse {
    let rows = stride(from: 0, to: request.matrix.count, by: 2).map { Double(request.matrix[$0]) }
    var response = FakeAnswers.scores(rows.flatMap { [$0, -$0] }, heads: 2)
    response.model = request.model.isEmpty ? "taste/3" : request.model
    response.headNames = ["click", "order"]
    return response
  }

  private func count(
    _ gateway: RunningGateway, _ arm: String = "treatment", applied: Bool = true
  ) -> String? {
    gateway.metric(
      "brigade_gateway_experiment_requests_total{"
        + #"experiment="trial",arm="\#(arm)",applied="\#(applied)"}"#)
  }

  private func eventually(
    _ gateway: RunningGateway, _ isWanted: (RankResponse) -> Bool
  ) async throws -> RankResponse {
    let deadline = Instant.now().adding(milliseconds: Patience.milliseconds)
    while true {
      let response = try await gateway.rank()
      if isWanted(response) || Instant.now() > deadline { return response }
    }
  }

  private func told(_ response: RankResponse) -> String {
    response.arms.map { arm in
      "\(arm.experiment)=\(arm.arm)\(arm.forced ? " forced" : "")\(arm.applied ? "" : ": \(arm.why)")"
    }.joined(separator: ", ")
  }

  @Test func `without experiments an answer has no arms`() async throws {
    let response = try await RunningGateway().rank()
    #expect(response.arms.isEmpty)
  }

  @Test func `an arm changes the policy, and the answer and the metrics say so`() async throws {
    let gateway = try await gateway(#"{"exploration_rate": 1}"#)
    for number in 0..<3 {
      let response = try await gateway.rank { $0.requestID = "r\(number)" }
      #expect(response.items.count { $0.explored } == 1)
      #expect(told(response) == "trial=treatment" && response.arms[0].changes.isEmpty)
    }
    #expect(count(gateway) == "3" && count(gateway, "control") == "0")
    #expect(
      gateway.metric(#"brigade_gateway_experiment_arm_share{experiment="trial",arm="treatment"}"#)?
        .hasPrefix("0.99") == true)
  }

  @Test func `an arm adds a bonus to what the user never ordered`() async throws {
    let gateway = try await gateway(#"{"discovery_bonus": 100}"#) {
      $0.search = { _, _ in
        var response = Samples.search(10)
        response.sources = (0..<10).map { $0 < 7 ? 2 : 1 }
        return response
      }
    }
    let response = try await gateway.rank { $0.count = 4 }
    #expect(response.items.map(\.score) == [109, 108, 107, 6])
  }

  @Test func `an arm orders by another head`() async throws {
    let response = try await gateway(#"{"head": "order"}"#).rank()
    #expect(response.ids == PipelineTests.byRetrieval && told(response) == "trial=treatment")
  }

  @Test func `a head that the model does not have is no effect`() async throws {
    let gateway = try await gateway(#"{"head": "share"}"#)
    let response = try await gateway.rank()
    #expect(response.ids == PipelineTests.byModel)
    #expect(told(response).hasSuffix("has no head named share"))
    #expect(count(gateway) == "0" && count(gateway, applied: false) == "1")
    // It is the arm's fault, not that of what the gateway is set to.
    #expect(gateway.metric(#"brigade_gateway_rollout_waiting{reason="head"}"#) == "0")
  }

  @Test func `an arm's model ranks once it is loaded, and until then the gateway's own`()
    async throws
  {
    let one = "model:taste/1 features:7"
    let gateway = try await gateway(
      #"{"model": "taste/2"}"#, ["--model", "taste/1"], serves: ["features:7", one])
    let before = try await eventually(gateway) { $0.model == "taste/1" }
    #expect(before.model == "taste/1" && !before.degraded)
    #expect(
      told(before) == "trial=treatment: no replica of inference has taste/2; there are taste/1")
    #expect(gateway.metric(#"brigade_gateway_rollout_waiting{reason="model"}"#) == "0")
    gateway.advertise(["features:7", one, "model:taste/2 features:7"])
    let after = try await eventually(gateway) { $0.model == "taste/2" }
    #expect(after.model == "taste/2" && told(after) == "trial=treatment" && !after.degraded)
    gateway.advertise(["features:7", one])
    let gone = try await eventually(gateway) { $0.model == "taste/1" }
    #expect(gone.model == "taste/1" && !gone.arms[0].applied && !gone.degraded)
  }

  @Test func `an arm's model whose features are nowhere waits`() async throws {
    let gateway = try await gateway(
      #"{"model": "spice"}"#, ["--model", "taste"],
      serves: ["features:7", "model:taste/1 features:7", "model:spice/1 features:8"])
    // Asked before the replicas have said what they have, one of them takes "spice" for its own.
    let response = try await eventually(gateway) { $0.model == "taste/1" }
    #expect(response.model == "taste/1" && !response.degraded)
    #expect(told(response).contains("spice/1 was trained on features:8"))
  }

  @Test func `replicas that do not say what they have are asked, and asked for the gateway's own`()
    async throws
  {
    let gateway = try await gateway(#"{"model": "spice/9"}"#, ["--model", "taste/1"]) {
      $0.score = { (request, _) throws(RPCError) in
        guard request.model == "taste/1" else {
          throw RPCError(.notFound, "no \(request.model)", advice: .never)
        }
        return Self.scores(request)
      }
    }
    let response = try await gateway.rank()
    #expect(response.model == "taste/1" && !response.degraded)
    #expect(told(response) == "trial=treatment: taste/1 scored instead")
    #expect(response.hop("Score")?.why.contains("no spice/9") == true)
  }

  @Test func `without any model an arm that needs one has no effect`() async throws {
    let gateway = try await gateway(#"{"model": "spice"}"#) {
      $0.score = { (_, _) throws(RPCError) in throw RPCError(.internal, "broken") }
    }
    let response = try await gateway.rank()
    #expect(response.degraded && told(response) == "trial=treatment: no model scored")
  }

  @Test func `who is not known is in none by user`() async throws {
    let gateway = try await gateway(#"{"exploration_rate": 1}"#)
    let response = try await gateway.rank { $0.userID = "" }
    #expect(response.arms.isEmpty && !response.items.contains { $0.explored })
  }

  @Test func `a forced arm is told, and neither counted nor kept as served`() async throws {
    let gateway = try await gateway(#"{"exploration_rate": 1}"#, spooling: true)
    let response = try await gateway.rank { $0.forceArms = ["trial=control"] }
    #expect(told(response) == "trial=control forced")
    #expect(!response.items.contains { $0.explored })
    #expect(count(gateway, "control") == "0" && count(gateway) == "0")
    #expect(try gateway.spooled.isEmpty)
    _ = try await gateway.rank()
    #expect(try gateway.spooled.count == 1)
    #expect(count(gateway) == "1")
  }

  @Test func `an arm that there is not is the caller's mistake`() async throws {
    let gateway = try await gateway("{}")
    var request = Samples.request
    request.forceArms = ["trail=control"]
    let error = await gateway.caller.failure(.rank, request)
    #expect(error?.code == .invalidArgument)
    #expect(
      error?.message
        == #"force_arms: "trail=control": no experiment "trail"; did you mean "trial"?"#)
    #expect(gateway.services.count(Method.search.name) == 0)
  }

  @Test func `an explanation has what an arm changes, and is not counted`() async throws {
    let gateway = try await gateway(#"{"exploration_rate": 1, "category_run_max": 2}"#)
    let response = try await gateway.rank { $0.explain = Explain() }
    #expect(response.arms[0].changes.isEmpty)
    let arm = try #require(response.explanation?.arms.first)
    #expect(arm.changes == "exploration_rate 1.0, category_run_max 2" && arm.applied)
    let rules = response.explanation?.rules ?? []
    #expect(rules.contains { $0.name == "exploration" && $0.fired })
    #expect(rules.contains { $0.what.hasPrefix("at most 2 of one category") })
    #expect(count(gateway) == "0")
  }

  @Test func `a changed file changes the lists of a gateway that runs`() async throws {
    let gateway = try await gateway("{}")
    #expect(try await !gateway.rank().items.contains { $0.explored })
    write(#"{"exploration_rate": 1}"#)
    let changed = try await eventually(gateway) { $0.items.contains { $0.explored } }
    #expect(changed.items.contains { $0.explored })
    folder.write("{}", to: "experiments.json")
    _ = try await eventually(gateway) { _ in
      gateway.metric("brigade_gateway_experiments_refused") == "1"
    }
    let still = try await gateway.rank()
    #expect(still.items.contains { $0.explored } && told(still) == "trial=treatment")
  }

  @Test func `the trace has the arms`() async throws {
    let gateway = try await gateway(#"{"model": "spice/9"}"#, ["--trace.sample-rate", "1"])
    _ = try await gateway.rank()
    let page = gateway.page("/traces", query: "limit=1")
    let text = page?.body ?? ""
    #expect(text.contains(#""brigade.experiment.trial":"treatment""#), "\(text)")
  }
}
