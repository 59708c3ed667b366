import Glibc
import Messages
import Node
import RPC
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// The cluster token, between real processes.
  @Suite(.serialized) struct TokenTests {
    private let folder = TemporaryFolder()

    @Test func `only who shows the token is served`() async throws {
      folder.write("a token of the kitchen".replacing(" ", with: "-") + "\n", to: "token")
      folder.write("another-token-altogether", to: "other")
      let service = try await LoneService(flags: ["--token-file", folder.file("token")])
      for (flags, end) in [
        (["--token-file", folder.file("token")], ChildProgram.End.exit(0)),
        (["--token-file", folder.file("other")], .exit(64 + 14)), ([], .exit(64 + 14)),
      ] {
        let call = try await FinishedProgram.run(
          "brigade",
          ["call", service.ready.listen, "brigade.v1.Health/Check", "--timeout-ms", "10000"]
            + flags,
          in: folder)
        #expect(call.end == end, "\(flags): \(call.errorOutput)")
        if end != .exit(0) {
          #expect(call.errorOutput.contains("the cluster token differs"), "\(call.errorOutput)")
        }
      }
      #expect(service.process.end == nil)
    }

    @Test func `a whole cluster shares a token`() async throws {
      folder.write("a-token-of-the-kitchen\n", to: "token")
      let flags = ["--token-file", folder.file("token")]
      let cluster = try await TestCluster(
        retrieval: 1, features: 1, inference: 1, flags: flags, token: "a-token-of-the-kitchen")
      #expect(try await !cluster.rank().degraded)
      let rank = try await FinishedProgram.run(
        "brigade",
        [
          "rank", "--gateway", cluster.gatewayAddresses, "--at", "37.76,-122.41", "--now",
          "\(SmallTown.nowMilliseconds)",
        ] + flags, in: folder)
      #expect(rank.end == .exit(0), "\(rank.errorOutput)")
      for replica in cluster.replicas {
        let log = replica.process.errorOutput
        #expect(!log.isEmpty && !log.contains("a-token-of-the-kitchen"), "\(replica.name): \(log)")
      }
    }

    @Test(arguments: [
      (ServiceKind.inference, "--listen"), (.inference, "--admin"), (.gateway, "--edge"),
    ])
    func `beyond this machine nothing is opened without a token`(
      service: ServiceKind, port: String
    ) async throws {
      let run = try await FinishedProgram.run(
        service.program, [port, "0.0.0.0:0", "--ready-file", folder.file("ready")], in: folder)
      #expect(run.end == .exit(64))
      #expect(run.errorOutput.contains("\(port): 0.0.0.0:0"), "\(run.errorOutput)")
      #expect(run.errorOutput.contains("--token-file"), "\(run.errorOutput)")
      #expect(!folder.names.contains("ready"))
    }
  }
}
