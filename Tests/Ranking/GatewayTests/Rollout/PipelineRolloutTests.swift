import Definitions
import Messages
import RPC
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Gateway

/// The pipeline before replicas that say what they have loaded.
@Suite struct PipelineRolloutTests {
  private static let one = "model:taste/1 features:7"
  private static let two = "model:taste/2 features:7"

  /// Answers with the model it was asked for, and with the heads click and order.
  private static func scores(_ request: ScoreRequest) -> ScoreResponse {
    let rows = stride(from: 0, to: request.matrix.count, by: 2).map { Double(request.matrix[$0]) }
    var response = FakeAnswers.scores(rows.flatMap { [$0, -$0] }, heads: 2)
    response.model = request.model
    response.headNames = ["click", "order"]
    return response
  }

  private static func waiting(_ gateway: RunningGateway, _ reason: String) -> String? {
    gateway.metric(#"brigade_gateway_rollout_waiting{reason="\#(reason)"}"#)
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

  @Test func `what is pinned in a file ranks once it is loaded, and until then the old one`()
    async throws
  {
    let folder = TemporaryFolder()
    folder.write("taste/1\n", to: "model")
    let gateway = try await RunningGateway(
      ["--model", "file:\(folder.file("model"))"], serves: ["features:7", Self.one]
    ) { $0.score = { request, _ in Self.scores(request) } }
    let first = try await eventually(gateway) { $0.model == "taste/1" }
    #expect(first.model == "taste/1")
    #expect(Self.waiting(gateway, "model") == "0")
    folder.write("taste/2\n", to: "model")
    _ = try await eventually(gateway) { _ in Self.waiting(gateway, "model") == "1" }
    let old = try await gateway.rank()
    #expect(old.model == "taste/1" && !old.degraded)
    gateway.advertise(["features:7", Self.one, Self.two])
    let new = try await eventually(gateway) { $0.model == "taste/2" }
    #expect(new.model == "taste/2" && !new.degraded)
    #expect(Self.waiting(gateway, "model") == "0")
    folder.write("taste/2/3\n", to: "model")
    _ = try await eventually(gateway) { _ in Self.waiting(gateway, "file") == "1" }
    #expect(try await gateway.rank().model == "taste/2")
  }

  @Test func `a model whose features are nowhere leaves the old one, and is told of`() async throws
  {
    let gateway = try await RunningGateway(serves: ["features:7", Self.one]) {
      $0.score = { request, _ in Self.scores(request) }
    }
    let first = try await eventually(gateway) { $0.model == "taste/1" }
    #expect(first.model == "taste/1")
    gateway.advertise(["features:7", Self.one, "model:taste/2 features:8"])
    _ = try await eventually(gateway) { _ in Self.waiting(gateway, "features") == "1" }
    let response = try await gateway.rank()
    #expect(response.model == "taste/1" && !response.degraded)
  }

  @Test func `a version that goes under way is answered by another one`() async throws {
    let gateway = try await RunningGateway(["--model", "taste/1"]) {
      $0.score = { (request, _) throws(RPCError) in
        guard request.model == "taste" else {
          throw RPCError(.notFound, "no version 1", advice: .never)
        }
        return Self.scores(request)
      }
    }
    let response = try await gateway.rank()
    #expect(response.model == "taste" && !response.degraded)
    let hop = try #require(response.hop("Score"))
    #expect(hop.rung == .otherReplica && hop.why.contains("no version 1"))
  }

  @Test func `rows of another definition are named to inference, which says where they differ`()
    async throws
  {
    let names = Mutex<[[String]]>([])
    let gateway = try await RunningGateway(serves: ["features:8", "model:taste/1 features:8"]) {
      $0.assemble = { request, _ in
        var rows = FakeAnswers.rows(request.keys.count)
        if request.names { rows.names = ["number", "one"] }
        return rows
      }
      $0.score = { (request, _) throws(RPCError) in
        names.withLock { $0.append(request.features) }
        throw RPCError(
          .failedPrecondition, "features: column 1 is number, not distance", advice: .never)
      }
    }
    #expect(try await gateway.rank().degraded)
    // A new gateway's first request may be on its way before it knows what is loaded.
    let response = try await eventually(gateway) { _ in names.withLock { $0.last?.isEmpty == false }
    }
    #expect(response.hop("Score")?.why.contains("column 1 is number") == true)
    let asked = names.withLock { $0 }
    #expect(asked.count >= 2 && asked.dropLast().allSatisfy(\.isEmpty), "\(asked)")
    #expect(asked.last == ["number", "one"])
  }

  @Test(arguments: [
    ("", PipelineTests.byModel, "0"), ("order", PipelineTests.byRetrieval, "0"),
    ("click=0.5,order=1", PipelineTests.byRetrieval, "0"),
    ("share", PipelineTests.byModel, "1"),
  ])
  func `the head that is wanted orders the list`(head: String, ids: [String], waiting: String)
    async throws
  {
    let gateway = try await RunningGateway(["--head", head]) {
      $0.score = { request, _ in Self.scores(request) }
    }
    let response = try await gateway.rank()
    #expect(response.ids == ids && !response.degraded)
    #expect(Self.waiting(gateway, "head") == waiting)
  }
}
