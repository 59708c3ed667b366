import JSON
import Messages
import RPC
import Telemetry
import Testing

@testable import Gateway

@Suite struct GatewayStatusTests {
  private typealias P = PageSamples

  private func status(
    _ responses: [RankResponse] = [], _ replicas: [ReplicaStatus] = [],
    _ rollout: RolloutTelling.Told = RolloutTelling.Told()
  ) -> GatewayStatus {
    var window = ActivityBucket()
    var reasons = RecentReasons()
    for response in responses {
      window.record(response)
      reasons.record(response, unixMilliseconds: 5)
    }
    var board = ReplicaBoard()
    board.report(
      [.inference: replicas], by: 0, Instant(nanoseconds: 0), unixMilliseconds: 1)
    return GatewayStatus(
      replica: "gateway-1", startedUnixMilliseconds: 1, unixMilliseconds: 9, window: window,
      windowSeconds: 30, board: board, reportAgeNanoseconds: 7_000_000, reasons: reasons.latest,
      process: GatewayStatus.Process(
        cpuSeconds: 1.5, residentBytes: nil, queuedCalls: 0, loopLagSeconds: 0.0125,
        openDescriptors: 40, descriptorsMax: .infinity),
      rollout: rollout,
      experiments: ExperimentsStatus(set: .none, refusal: nil, requests: [:]))
  }

  private func json(_ status: GatewayStatus) throws -> JSONValue {
    var json = JSONWriter()
    status.write(to: &json)
    return try JSONValue(parsing: json.bytes)
  }

  @Test func `figures of requests and hops are told, where there are any`() throws {
    let told = try json(status([P.response(), P.degraded()]))
    #expect(told["requests"]?["count"]?.int64 == 2 && told["requests"]?["degraded"]?.int64 == 1)
    let p99 = try #require(told["requests"]?["p99Us"]?.double)
    #expect(abs(p99 - 2_000) <= 250)
    let hops = try #require(told["hops"]?.array)
    #expect(hops.compactMap { $0["method"]?.string } == HopKind.allCases.map(\.method))
    #expect(
      hops.compactMap { $0["service"]?.string } == [
        "features", "retrieval", "features", "inference",
      ])
    #expect(hops[3]["calls"]?.int64 == 1 && hops[3]["fallbacks"]?.int64 == 1)
    #expect(told["models"]?.array?.first?["name"]?.string == "browse/1")
    #expect(told["reasons"]?.array?.first?["rung"]?.string == "lightModel")
    #expect(told["reportAgeMs"]?.int64 == 7 && told["process"]?["residentBytes"] == nil)
    #expect(told["process"]?["loopLagUs"]?.int64 == 12_500)
    #expect(told["process"]?["openDescriptors"]?.int64 == 40)
    #expect(told["process"]?["descriptorsMax"] == nil)
    let quiet = try json(status())
    #expect(quiet["requests"]?["p50Us"] == nil && quiet["models"]?.array?.isEmpty == true)
  }

  @Test func `a replica has the traffic that went to its name`() throws {
    let told = try json(
      status(
        [P.response()],
        [
          P.replica("inference-1") {
            $0.latencyNanoseconds = 1_234_567
            $0.load = 1.26
          }, P.replica("127.0.0.1:2", .lost, port: 2) { $0.why = "refused" },
        ]))
    let service = try #require(told["services"]?.array?.last)
    #expect(service["name"]?.string == "inference")
    #expect(service["known"]?.int64 == 2 && service["ready"]?.int64 == 1)
    let replicas = try #require(service["replicas"]?.array)
    #expect(replicas.map { $0["name"]?.string } == ["127.0.0.1:2", "inference-1"])
    #expect(replicas[0]["state"]?.string == "lost" && replicas[0]["why"]?.string == "refused")
    #expect(replicas[0]["latencyUs"] == nil && replicas[0]["attempts"]?.int64 == 0)
    #expect(replicas[1]["latencyUs"]?.int64 == 1_235 && replicas[1]["attempts"]?.int64 == 1)
    #expect(replicas[1]["load"]?.double == 1.3)
  }

  @Test func `what ranks now is told, and what waits and why`() throws {
    let quiet = try #require(try json(status())["rollout"])
    #expect(quiet["model"]?.string?.isEmpty == true && quiet["features"] == nil)
    #expect(quiet["waits"]?.array?.isEmpty == true)
    var told = RolloutTelling.Told()
    (told.model, told.features) = ("browse/1", "features:6f1c")
    told.waits = [
      .model: "no replica of inference has <b>", .file: String(repeating: "x", count: 999),
    ]
    let rollout = try #require(try json(status([], [], told))["rollout"])
    #expect(rollout["model"]?.string == "browse/1")
    #expect(rollout["features"]?.string == "features:6f1c")
    let waits = try #require(rollout["waits"]?.array)
    #expect(waits.map { $0["reason"]?.string } == ["file", "model"])
    #expect(waits[0]["detail"]?.string?.count == RecentReasons.textLengthMax)
    #expect(waits[1]["detail"]?.string == "no replica of inference has <b>")
  }

  @Test func `what a replica says it has loaded is told, and that one says nothing`() throws {
    let told = try json(
      status(
        [],
        [
          P.replica("a") { $0.serves = ServedTags(["model:browse/2 features:6f1c"]) },
          P.replica("b", port: 2),
        ]))
    let replicas = try #require(told["services"]?.array?.last?["replicas"]?.array)
    let loaded = try #require(replicas[0]["loaded"]?.array?.first)
    #expect(loaded["kind"]?.string == "model" && loaded["name"]?.string == "browse/2")
    #expect(loaded["features"]?.string == "features:6f1c")
    #expect(replicas[1]["loaded"] == nil)
  }

  @Test func `of a thousand replicas those are told that are not well`() throws {
    var replicas = (0..<1_000).map { P.replica("r\($0 + 1_000)", port: $0) }
    replicas[998].state = .lost
    let told = try json(status([], replicas))
    let service = try #require(told["services"]?.array?.last)
    #expect(service["known"]?.int64 == 1_000 && service["ready"]?.int64 == 999)
    let names = (service["replicas"]?.array ?? []).compactMap { $0["name"]?.string }
    #expect(names.count == ReplicaBoard.replicasMax)
    #expect(names.last == "r1998" && names.first == "r1000" && names == names.sorted())
  }
}
