import Definitions
import Messages
import Node
import RPC
import ServingSupport
import Storage
import Telemetry
import TestSupport
import Testing

@testable import Gateway

@Suite struct GatewayServiceTests {
  private let folder = TemporaryFolder()

  private func startupError(_ arguments: [String]) throws -> String? {
    let settings = try TestSettings.read(GatewayConfiguration.self, arguments)
    do throws(StartupError) {
      _ = try GatewayService(settings, in: .ofTest())
      return nil
    } catch {
      return error.description
    }
  }

  private func spooled(_ gateway: RunningGateway) throws -> [Event] {
    try gateway.spooled.flatMap(\.events)
  }

  @Test func `a popular list that can't be read is named, with the reason`() throws {
    let path = folder.file("popular.brigade")
    let absent = try startupError(["--popular", path])
    #expect(absent?.contains(path) == true)
    #expect(absent?.contains("No such file") == true)
    folder.write("not a record file, but long enough", to: "popular.brigade")
    let foreign = try startupError(["--popular", path])
    #expect(foreign?.contains("not a Brigade record file") == true)
    try Samples.write([Samples.item("p")], to: path, kind: Catalogue.kind)
    let other = try startupError(["--popular", path])
    #expect(other?.hasSuffix("\(path): holds \"catalogue\" records, not \"popular\"") == true)
  }

  @Test func `a spool that can't be opened is named, with the reason`() throws {
    let path = folder.file("nowhere/spool")
    let error = try startupError(["--spool", path])
    #expect(error?.contains(path) == true)
  }

  @Test func `a gateway needs neither replicas nor files to start`() throws {
    #expect(try startupError([]) == nil)
  }

  @Test func `what was answered is in the spool before the answer`() async throws {
    let gateway = try await RunningGateway(spooling: true)
    let response = try await gateway.rank()
    let events = try spooled(gateway)
    #expect(events.map(\.itemID) == response.ids)
    #expect(events.map(\.id) == (1...5).map { "request/\($0)" })
  }

  @Test func `what is refused leaves nothing in the spool`() async throws {
    let gateway = try await RunningGateway(spooling: true)
    var request = Samples.request
    request.count = 500
    #expect(await gateway.caller.failure(.rank, request)?.code == .invalidArgument)
    #expect(try spooled(gateway).isEmpty)
  }

  @Test func `what nobody was shown, as its caller had left, is not in the spool`() async throws {
    let (asked, ask) = AsyncStream.makeStream(of: Void.self)
    let gateway = try await RunningGateway(spooling: true) {
      $0.search = { (request, _) in
        guard request.userID == "leaver" else { return Samples.search(10) }
        ask.yield()
        await FakeAnswers.never()
        return SearchResponse()
      }
    }
    let leaver = try await Client(
      "gateway", at: .list([gateway.address]), identity: Identity(replica: "", software: ""))
    leaver.start(
      .rank, leaversRequest,
      CallOptions(deadline: .now().adding(milliseconds: Patience.milliseconds))
    ) { _ in }
    for await _ in asked { break }
    leaver.shutDown()
    // The gateway learns of it in one of its next turns.
    let abandoned = "brigade_gateway_requests_total{outcome=\"abandoned\"} 1\n"
    for _ in 0..<1_000
    where !gateway.environment.metrics.renderPrometheus().contains(abandoned) {
      _ = try await gateway.rank()
    }
    #expect(gateway.environment.metrics.renderPrometheus().contains(abandoned))
    let users = Set(try spooled(gateway).map(\.userID))
    #expect(!users.contains("leaver"))
  }

  private var leaversRequest: RankRequest {
    var request = Samples.request
    request.userID = "leaver"
    return request
  }

  @Test func `outcomes and rungs are counted`() async throws {
    let gateway = try await RunningGateway(absent: ["inference"])
    _ = try await gateway.rank()
    let text = gateway.environment.metrics.renderPrometheus()
    #expect(text.contains("brigade_gateway_requests_total{outcome=\"degraded\"} 1\n"))
    #expect(text.contains("brigade_gateway_requests_total{outcome=\"ok\"} 0\n"))
    #expect(text.contains("brigade_gateway_rank_duration_seconds_count 1\n"))
    let hops = "brigade_gateway_hops_total{rpc_method=\"brigade.v1."
    #expect(text.contains(hops + "Inference/Score\",rung=\"light_model\"} 1\n"))
    #expect(text.contains(hops + "Retrieval/Search\",rung=\"primary\"} 1\n"))
  }
}
