import Definitions
import JSON
import Messages
import Node
import RPC
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// `brigade call` and `brigade rank` against a running cluster.
  @Suite(.serialized) struct AskingTests {
    private static let place = "\(SmallTown.center.latitude),\(SmallTown.center.longitude)"

    private func brigade(
      _ arguments: [String], in cluster: TestCluster, environment: [String] = []
    ) async throws -> FinishedProgram {
      try await FinishedProgram.run(
        "brigade", arguments, in: cluster.folder, environment: environment)
    }

    @Test func `call lists, describes and calls with JSON`() async throws {
      let cluster = try await TestCluster(retrieval: 1, features: 1, inference: 1)
      let gateway = cluster.gatewayAddresses

      let list = try await brigade(["call", gateway, "list"], in: cluster)
      #expect(list.end == .exit(0), "\(list.errorOutput)")
      let rank = try #require(
        list.output.split(separator: "\n").first { $0.hasPrefix("brigade.v1.Gateway/Rank ") })
      #expect(rank.contains("brigade.v1.RankRequest"))
      #expect(rank.hasSuffix("idempotent"))

      let describe = try await brigade(
        ["call", gateway, "describe", "brigade.v1.Gateway/Rank"], in: cluster)
      #expect(describe.end == .exit(0))
      #expect(
        describe.output.contains(
          "rpc brigade.v1.Gateway/Rank(brigade.v1.RankRequest) returns (brigade.v1.RankResponse)"))
      #expect(describe.output.contains("message brigade.v1.Place {\n  double latitude = 1;"))
      #expect(describe.output.contains("enum brigade.v1.Rung {"))

      let call = try await brigade(
        [
          "call", gateway, "brigade.v1.Gateway/Rank",
          #"{"requestId":"r-1","userId":"user-1","place":{"latitude":37.76,"longitude":-122.41},"nowMs":"\#(SmallTown.nowMilliseconds)","count":3}"#,
        ], in: cluster)
      #expect(call.end == .exit(0), "\(call.errorOutput)")
      let answer = try JSONValue(parsing: Array(call.output.utf8))
      #expect(answer["requestId"]?.string == "r-1")
      #expect(answer["items"]?.array?.count == 3)
      #expect(answer["model"]?.string == "browse/1")

      let health = try await brigade(
        ["call", cluster[.inference][0].ready.listen, "brigade.v1.Health/Check"], in: cluster)
      #expect(health.end == .exit(0), "\(health.errorOutput)")
    }

    @Test func `what is wrong with a call is told with the matching exit status`() async throws {
      let cluster = try await TestCluster(retrieval: 1, features: 1, inference: 1)
      let gateway = cluster.gatewayAddresses
      let cases: [(arguments: [String], status: Int32, told: String)] = [
        (["brigade.v1.Gateway/Rank", #"{"usr":"x"}"#], 64, "usr"),
        (["brigade.v1.Gateway/Rank", #"{"count":"many"}"#], 64, "count"),
        (["brigade.v1.Gateway/Rank", "{"], 64, "1:2"),
        (["brigade.v1.Gateway/Rank", "{}"], 64 + 3, "INVALID_ARGUMENT: place"),
        (
          [
            "brigade.v1.Gateway/Rank",
            #"{"place":{"latitude":91,"longitude":0}}"#,
          ], 64 + 3, "place.latitude"
        ),
        (["brigade.v1.Gateway/Nothing"], 64 + 5, "NOT_FOUND"),
        ([], 64, "usage: brigade call HOST:PORT METHOD"),
      ]
      for (arguments, status, told) in cases {
        let run = try await brigade(["call", gateway] + arguments, in: cluster)
        #expect(run.end == .exit(status), "\(arguments): \(run.errorOutput)")
        #expect(run.errorOutput.contains(told), "\(arguments): \(run.errorOutput)")
        #expect(run.output.isEmpty)
      }
      // A port that was just given back, where nobody else takes any: nobody listens there.
      let quietHost = Address.tcp(host: "127.0.0.2", port: 0)
      let socket = try Socket.listening(at: quietHost)
      let nobody = socket.bound(quietHost).description
      socket.close()
      let run = try await brigade(["call", nobody, "list"], in: cluster)
      #expect(run.end == .exit(64 + 14), "\(run.errorOutput)")
      #expect(run.errorOutput.contains("UNAVAILABLE"))
      #expect(run.errorOutput.contains(nobody))
    }

    @Test func `rank prints a table with its hops, or the same as JSON`() async throws {
      let cluster = try await TestCluster()
      let arguments = [
        "rank", "--gateway", cluster.gatewayAddresses, "--user", SmallTown.userIDs[2], "--at",
        Self.place, "--now", "\(SmallTown.nowMilliseconds)", "--count", "5", "--request-id", "same",
      ]
      let table = try await brigade(
        arguments + ["--trace"], in: cluster, environment: ["NO_COLOR=1"])
      #expect(table.end == .exit(0), "\(table.errorOutput)")
      let lines = table.output.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines[0].hasPrefix("#  name"))
      #expect(lines[5].hasPrefix("5  Restaurant "))
      #expect(table.output.contains("5 of 200 candidates · model browse/1 · "))
      for hop in ["Retrieval/Search", "Features/Get", "Features/Assemble", "Inference/Score"] {
        #expect(lines.contains { $0.hasPrefix("\(hop) ") }, "\(hop) in \(table.output)")
      }
      #expect(!table.output.contains("\u{1B}"))

      let json = try await brigade(arguments + ["-o", "json"], in: cluster)
      #expect(json.end == .exit(0))
      let answer = try JSONValue(parsing: Array(json.output.utf8))
      let names = answer["items"]?.array?.compactMap { $0["name"]?.string } ?? []
      #expect(names.count == 5)
      // The same id again gets the same list.
      for (name, line) in zip(names, lines.dropFirst()) { #expect(line.contains(name)) }
      #expect(answer["requestId"]?.string == "same")
      #expect(answer["hops"]?.array?.count == 4)

      let wrong = try await brigade(["rank", "--at", "95,0", "--count", "0"], in: cluster)
      #expect(wrong.end == .exit(64))
      #expect(wrong.errorOutput.contains("--at: 95,0 is no place on Earth"))
      #expect(wrong.errorOutput.contains("--count: 0 is not in 1...200"))
    }

    @Test func `explain says why an item has its place, or where it was lost`() async throws {
      let cluster = try await TestCluster(retrieval: 1, features: 1, inference: 1)
      let arguments = [
        "explain", "--gateway", cluster.gatewayAddresses, "--user", SmallTown.userIDs[7], "--at",
        Self.place, "--now", "\(SmallTown.nowMilliseconds)", "--count", "5",
      ]
      let first = try await brigade(arguments, in: cluster)
      #expect(first.end == .exit(0), "\(first.errorOutput)")
      #expect(first.output.contains("#1: Restaurant "), "\(first.output)")
      #expect(first.output.contains("cut              yes    5 of 200 are shown"))
      #expect(first.output.contains("by browse/1 · score ") && first.output.contains("distance_km"))
      let lines = first.output.split(separator: "\n")
      #expect(lines.dropFirst().allSatisfy { $0.count <= 120 }, "\(first.output)")
      #expect(!first.output.contains("\u{1B}"))

      let thai = ["--categories", "Thai", "--item", "item-1,item-5,r17", "-o", "json"]
      let lost = try await brigade(arguments + thai, in: cluster)
      #expect(lost.end == .exit(0), "\(lost.errorOutput)")
      let items = try JSONValue(parsing: Array(lost.output.utf8))["items"]?.array ?? []
      func item(_ id: String) throws -> JSONValue {
        try #require(items.first { $0["id"]?.string == id }, "\(lost.output)")
      }
      #expect(try item("item-1")["fate"]?.string == "FATE_FILTERED")
      #expect(try item("item-1")["why"]?.string == "category: Pizza is not among Thai")
      #expect(try item("r17")["fate"]?.string == "FATE_UNKNOWN")
      let candidate = try item("item-5")
      #expect(candidate["retrievedRank"]?.int64 ?? 0 > 0, "\(lost.output)")
      #expect(candidate["features"]?.array?.count == Int(SmallTown.featureCount))
      #expect(candidate["scores"]?.array?.count == 1)
    }

    @Test func `what was served is in the gateway's spool`() async throws {
      let cluster = try await TestCluster(retrieval: 1, features: 1, inference: 1)
      let gateway = cluster[.gateway][0]
      let before = cluster.metric("brigade_gateway_spooled_events_total", of: gateway) ?? 0
      let answer = try await cluster.rank()
      #expect(
        cluster.metric("brigade_gateway_spooled_events_total", of: gateway)
          == before + Double(answer.items.count))
      gateway.process.send(15)
      #expect(try await gateway.process.waitForEnd() == .exit(0))
      #expect(!cluster.folder.bytes(of: "gateway-1.spool/00000000000000000001.spool").isEmpty)
    }
  }
}
