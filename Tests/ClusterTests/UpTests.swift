import Definitions
import Glibc
import JSON
import Messages
import Node
import RPC
import Telemetry
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  @Suite(.serialized) struct UpTests {
    private static let names = [
      "retrieval-1", "retrieval-2", "features-1", "inference-1", "inference-2", "gateway-1",
    ]
    private let folder = TemporaryFolder()

    private func start() async throws -> ChildProgram {
      let town = try SmallTown(in: folder)
      let up = try await ChildProgram.start(
        "brigade",
        [
          "up", "--data", town.dataFolder, "--models", town.modelsFolder, "--run",
          folder.file("run"), "--port", "0", "--edge-port", "0", "--replicas",
          "retrieval=2,features=1,inference=2",
        ], name: "up", in: folder)
      try await wait(for: "the cluster to be ready; \(up.tail)", seconds: 60) {
        up.output.contains("ready: gateways at ") || up.end != nil
      }
      #expect(up.end == nil, "\(up.tail)")
      return up
    }

    private func ready(_ name: String) -> ReadyFile? {
      ReadyFile(reading: folder.file("run/\(name).ready"))
    }

    private func rank() async throws -> RankResponse {
      let run = try await FinishedProgram.run(
        "brigade",
        [
          "rank", "--gateway", ready("gateway-1")?.listen ?? "", "--user", SmallTown.userIDs[3],
          "--at", "\(SmallTown.center.latitude),\(SmallTown.center.longitude)", "--now",
          "\(SmallTown.nowMilliseconds)", "-o", "json",
        ], in: folder)
      #expect(run.end == .exit(0), "\(run.errorOutput)")
      let schema = MessageSchema(types: [MessageType(RankResponse.descriptor)])
      return try RankResponse(
        decoding: schema.encode(
          .init(parsing: Array(run.output.utf8)), as: RankResponse.messageName))
    }

    @Test func `what dies is restarted and found again, and SIGINT drains all`() async throws {
      let up = try await start()
      let before = Self.names.compactMap(ready)
      #expect(before.count == Self.names.count)
      try await wait(for: "a whole answer") { try await !rank().degraded }
      for name in ["inference-1", "retrieval-2", "gateway-1"] {
        let old = try #require(ready(name))
        kill(old.pid, SIGKILL)
        try await wait(for: "another \(name)") {
          let new = ready(name)
          return new != nil && new?.pid != old.pid
        }
        let service = name.prefix { $0 != "-" }
        try await wait(for: "\(name) in its service's list") {
          let list = String(decoding: folder.bytes(of: "run/\(service).replicas"), as: UTF8.self)
          return list.contains("\(ready(name)?.listen ?? "nobody")\n")
        }
      }
      try await wait(for: "whole answers of the restarted cluster") { try await !rank().degraded }
      let pids = Self.names.compactMap { ready($0)?.pid }
      #expect(pids.count == Self.names.count)
      #expect(pids.allSatisfy(ProcessFacts.isRunning))

      up.send(SIGINT)
      #expect(try await up.waitForEnd() == .exit(0))
      for pid in pids { #expect(!ProcessFacts.isRunning(pid), "\(pid) is left") }
      #expect(up.errorOutput.contains("inference-1 restarting after signal 9"))
      #expect(up.errorOutput.contains("draining"))
      for text in [up.output, up.errorOutput] { #expect(!text.contains("\u{1B}")) }
      for name in Self.names {
        let log = String(decoding: folder.bytes(of: "run/\(name).log"), as: UTF8.self)
        #expect(log.contains("msg=\"stopped\" connections_left=0"), "\(name): \(log)")
      }
    }

    private func callCount(of name: String) -> Double {
      guard let ready = ready(name), let admin = Address(ready.admin),
        let page = AdminClient.get("/metrics", at: admin)
      else { return 0 }
      let calls = page.split(separator: "\n").filter {
        $0.hasPrefix("rpc_server_call_duration_seconds_count{")
          && $0.contains("brigade.v1.Inference/Score")
      }
      return calls.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
    }

    private func scale(_ counts: String) async throws -> FinishedProgram {
      try await FinishedProgram.run(
        "brigade", ["scale", counts, "--run", folder.file("run")], in: folder)
    }

    @Test func `replicas are added and drained under load, and no request fails`() async throws {
      let up = try await start()
      let stalls = StallWatch()
      let load = try await ChildProgram.start(
        "brigade",
        [
          "load", "--target", try #require(ready("gateway-1")).listen, "--data",
          folder.file("data"), "--rate", "200", "--duration", "6", "--now",
          "\(SmallTown.nowMilliseconds)", "-o", "json",
        ], name: "load", in: folder)
      try await wait(for: "calls of the first replica") { callCount(of: "inference-1") > 20 }
      let more = try await scale("inference=4")
      #expect(more.end == .exit(0), "\(more.errorOutput)")
      #expect(more.output.hasPrefix("inference: 2 → 4, after "))
      let listed = Instant.now()
      try await wait(for: "calls of both new replicas") {
        callCount(of: "inference-3") > 0 && callCount(of: "inference-4") > 0
      }
      let seconds = Double(Instant.now().nanoseconds(since: listed)) / 1e9
      print("both new replicas have calls \(seconds) s after they are listed")
      #expect(seconds < 1 + stalls.seconds, "\(stalls)")
      let pids = ["inference-2", "inference-3", "inference-4"].compactMap { ready($0)?.pid }
      let fewer = try await scale("inference=1")
      #expect(fewer.end == .exit(0) && pids.count == 3, "\(fewer.errorOutput)")
      try await wait(for: "the drained ones to end") {
        !pids.contains(where: ProcessFacts.isRunning)
      }
      let end = try await load.waitForEnd()
      let figures = try LoadFigures(load.output, end: end, told: load.tail)
      print("scaling: \(figures)")
      #expect(figures.failed == 0, "\(figures)")
      #expect(figures.degraded <= stalls.requests(perSecond: 200), "\(figures), \(stalls)")
      let refused = try await scale("oven=1")
      #expect(refused.end == .exit(64) && refused.errorOutput.contains("retrieval, features"))
      up.send(SIGINT)
      #expect(try await up.waitForEnd() == .exit(0))
      let late = try await scale("inference=2")
      #expect(late.end == .exit(1) && late.errorOutput.contains("no brigade up runs"))
    }

    @Test func `no process outlives the command, even when it is killed`() async throws {
      let up = try await start()
      let pids = Self.names.compactMap { ready($0)?.pid }
      #expect(pids.count == Self.names.count)
      up.send(SIGKILL)
      #expect(try await up.waitForEnd() == .signal(SIGKILL))
      try await wait(for: "the replicas of a killed up to end") {
        !pids.contains(where: ProcessFacts.isRunning)
      }
    }

    @Test func `a folder without data is refused with what makes one`() async throws {
      let run = try await FinishedProgram.run(
        "brigade", ["up", "--data", folder.file("nothing")], in: folder)
      #expect(run.end == .exit(1))
      #expect(run.errorOutput.contains("\(folder.file("nothing"))/catalogue.brigade"))
      #expect(run.errorOutput.contains("brigade import"))
    }
  }
}
