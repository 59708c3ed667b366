import Definitions
import Glibc
import JSON
import Messages
import Node
import RPC
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
      try await wait(for: "the cluster to be ready; \(up.tail)", seconds: 20) {
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
      #expect(try await !rank().degraded)
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
