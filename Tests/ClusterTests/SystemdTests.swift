import Glibc
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// deploy/systemd, and what a service tells of itself to who runs it.
  @Suite(.serialized) struct SystemdTests {
    /// In tenths; systemd calls up to 1.9 "OK", and a unit without any sandboxing has 9.6.
    private static let exposureMax = 15
    private let temporary = TemporaryFolder()

    private static func unit(_ service: ServiceKind) -> DeployedFile {
      DeployedFile("systemd/\(service.program).service")
    }

    @Test(
      .enabled(if: OutsideTool.systemdAnalyze.isPresent, OutsideTool.systemdAnalyze.absence),
      arguments: ServiceKind.allCases)
    func `a unit leaves little to attack`(service: ServiceKind) async throws {
      let path = "\(DeployedFile.folder)/systemd/\(service.program).service"
      let run = try await OutsideTool.systemdAnalyze.run(
        ["security", "--offline=yes", "--threshold=\(Self.exposureMax)", path], in: temporary)
      #expect(run.end == .exit(0), "\(run.output.suffix(100))\(run.errorOutput)")
      let open = Self.unit(service).lines.filter { !$0.hasPrefix("Protect") }
      temporary.write(open.joined(separator: "\n"), to: service.program + ".service")
      let refused = try await OutsideTool.systemdAnalyze.run(
        [
          "security", "--offline=yes", "--threshold=\(Self.exposureMax)",
          temporary.file(service.program + ".service"),
        ], in: temporary)
      #expect(refused.end != .exit(0), "the threshold is no threshold")
    }

    @Test(arguments: ServiceKind.allCases)
    func `the executable takes the flags of its unit`(service: ServiceKind) async throws {
      let unit = Self.unit(service)
      #expect(unit.values(after: "ExecStart=/usr/local/bin/") == ["\(service.program) \\"])
      let flags = unit.values(after: "--").map { line in
        let words = line.split { " \\".contains($0) }
        return "--\(words.joined(separator: "="))"
      }
      #expect(flags.count >= 5)
      let run = try await service.runWithoutData(flags, in: temporary)
      #expect(run.end == .exit(1), "\(run.errorOutput)")
      #expect(run.errorOutput.contains("/var/lib/brigade/"), "\(run.errorOutput)")
    }

    @Test(arguments: ServiceKind.allCases)
    func `a service gets more time to end than its drain takes`(service: ServiceKind) throws {
      let unit = Self.unit(service)
      let stop = try #require(unit.integer(after: "TimeoutStopSec="))
      let drain = try #require(unit.integer(after: "--drain-ms "))
      #expect(stop * 1_000 >= drain + 10_000)
      #expect(unit.values(after: "Type=") == ["notify"])
    }

    @Test(arguments: ServiceKind.allCases)
    func `a unit gives its service the memory settings of brigade up`(service: ServiceKind) {
      let (name, value) = ServerEnvironment.allocator
      #expect(Self.unit(service).values(after: "Environment=") == ["\(name)=\(value)"])
    }

    @Test func `a service says that it is ready, alive and stopping`() async throws {
      let town = try SmallTown(in: temporary)
      let socket = DatagramSocket(temporary.file("notify"))
      let service = try await ChildProgram.start(
        ServiceKind.inference.program, ["--models", town.modelsFolder, "--exit-with-parent"],
        name: "watched", in: temporary,
        environment: ["NOTIFY_SOCKET=\(temporary.file("notify"))", "WATCHDOG_USEC=40000"])
      #expect(socket.receive(milliseconds: 20_000) == "READY=1", "\(service.tail)")
      #expect(service.errorOutput.contains("listening"))
      for _ in 0..<5 { #expect(socket.receive(milliseconds: 10_000) == "WATCHDOG=1") }
      service.send(SIGTERM)
      var last = socket.receive(milliseconds: 10_000)
      while last == "WATCHDOG=1" { last = socket.receive(milliseconds: 10_000) }
      #expect(last == "STOPPING=1")
      #expect(try await service.waitForEnd() == .exit(0))
    }
  }
}
