import Glibc
import Node
import RPC
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// What each executable owes to whoever starts it by hand.
  @Suite(.serialized) struct ExecutableTests {
    private let folder = TemporaryFolder()

    @Test(arguments: ServiceKind.allCases)
    func `help goes to stdout with status 0`(service: ServiceKind) async throws {
      let run = try await FinishedProgram.run(service.program, ["--help"], in: folder)
      #expect(run.end == .exit(0))
      #expect(run.output.hasPrefix("\(service.program) - "))
      #expect(run.output.contains("--listen ADDRESS"))
      #expect(run.output.contains("Examples:"))
      #expect(run.errorOutput.isEmpty)
    }

    @Test(arguments: ServiceKind.allCases)
    func `every wrong setting is listed with its place before a port is opened`(
      service: ServiceKind
    ) async throws {
      folder.write(
        """
        {
          "drain_ms": "soon",
          "lisen": "127.0.0.1:0",
          "limits": {"frame_bytes_max": 1}
        }
        """, to: "wrong.json")
      let run = try await FinishedProgram.run(
        service.program,
        [
          "--config", folder.file("wrong.json"), "--thread", "2", "--listen", "nowhere",
          "--ready-file", folder.file("ready"),
        ], in: folder)
      #expect(run.end == .exit(64))
      let lines = run.errorOutput.split(separator: "\n").map(String.init)
      for (place, complaint) in [
        ("--thread: ", "did you mean --threads?"), ("--listen: ", "\"nowhere\""),
        ("wrong.json:2:15: drain_ms: ", "expected an integer"),
        ("wrong.json:3:3: lisen: ", "did you mean listen?"),
        ("wrong.json:4:33: limits.frame_bytes_max: ", "8192"),
      ] {
        #expect(
          lines.contains { $0.contains(place) && $0.contains(complaint) },
          "\(place)\(complaint) in \(run.errorOutput)")
      }
      #expect(lines.count(where: { $0.contains("listening") }) == 0)
      #expect(!folder.names.contains("ready"))
    }

    @Test(arguments: ServiceKind.allCases)
    func `without its data a service says what is missing and exits`(
      service: ServiceKind
    ) async throws {
      let flag =
        switch service {
        case .retrieval, .features: "--data"
        case .inference: "--models"
        case .gateway: "--popular"
        }
      let missing = folder.file("not-there")
      let run = try await FinishedProgram.run(
        service.program, [flag, missing, "--ready-file", folder.file("ready")], in: folder)
      #expect(run.end == .exit(1))
      #expect(run.errorOutput.contains(missing), "\(run.errorOutput)")
      #expect(run.errorOutput.contains("level=error"), "\(run.errorOutput)")
      #expect(!folder.names.contains("ready"))
    }

    @Test func `a port that is taken is named and the exit status is 1`() async throws {
      let holder = try Socket.listening(at: .tcp(host: "127.0.0.1", port: 0))
      defer { holder.close() }
      let taken = holder.bound(.tcp(host: "127.0.0.1", port: 0)).description
      let run = try await FinishedProgram.run("brigade-gateway", ["--listen", taken], in: folder)
      #expect(run.end == .exit(1))
      #expect(run.errorOutput.contains(taken), "\(run.errorOutput)")
    }

    @Test func `all ports are on loopback, and the admin pages answer`() async throws {
      let cluster = try await TestCluster(retrieval: 1, features: 1, inference: 1)
      for replica in cluster.replicas {
        let addresses = ProcessFacts.listeningAddresses(replica.ready.pid)
        #expect(addresses.count == 2, "\(replica.name): \(addresses)")
        #expect(addresses.allSatisfy { $0.hasPrefix("0100007F:") }, "\(replica.name): \(addresses)")
        #expect(replica.ready.listen.hasPrefix("127.0.0.1:"))
        #expect(cluster.page("/livez", of: replica) == "ok\n")
        #expect(cluster.page("/readyz", of: replica) == "ok\n")
        let metrics = try #require(cluster.page("/metrics", of: replica))
        #expect(metrics.contains("brigade_build_info{program=\"\(replica.service.program)\""))
        #expect((metricSum("process_resident_memory_bytes", in: metrics) ?? 0) > 1_000_000)
        #expect(cluster.page("/nothing", of: replica) == nil)
      }
    }

    /// All of its threads were late, and none hung: nobody may restart it for that.
    @Test func `a process that was stopped for a while is alive as soon as it goes on`()
      async throws
    {
      let service = try await LoneService(flags: ["--hang-ms", "500"])
      let admin = try #require(Address(service.ready.admin))
      service.process.send(SIGSTOP)
      try await wait(for: "all threads to stand still") { service.process.isStopped }
      // Beyond what would be a hang, which nobody can see come who stands still.
      try await Task.sleep(for: .milliseconds(1_200))
      service.process.send(SIGCONT)
      for _ in 0..<100 { #expect(AdminClient.get("/livez", at: admin) == "ok\n") }
    }
  }
}
