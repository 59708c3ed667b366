import Glibc
import JSON
import Node
import RPC
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// What the README shows, run as it stands there. Only addresses are put in: tests have no fixed
  /// ports.
  @Suite(.serialized) struct ReadmeTests {
    private static let fromCode = "Ask it from your code"
    private static let yourData = "Your data"

    // MARK: Clients

    private func cluster() async throws -> TestCluster {
      try await TestCluster(
        retrieval: 1, features: 1, inference: 1, gatewayFlags: ["--edge", "127.0.0.1:0"])
    }

    private func addressed(_ text: String, _ cluster: TestCluster) throws -> String {
      let gateway = cluster[.gateway][0].ready
      let edge = try #require(gateway.edge)
      #expect(text.contains("127.0.0.1:8080") || text.contains("127.0.0.1:7000"))
      return text.replacing("127.0.0.1:8080", with: edge)
        .replacing("127.0.0.1:7000", with: gateway.listen)
    }

    private func shell(
      _ script: String, in folder: TemporaryFolder, seconds: Double = 60
    ) async throws -> FinishedProgram {
      let run = try await FinishedProgram.run(
        "/usr/bin/env", ["-C", folder.path, "bash", "-euo", "pipefail", "-c", script], in: folder,
        seconds: seconds)
      #expect(run.end == .exit(0), "\(script)\n\(run.output)\(run.errorOutput)")
      return run
    }

    /// Three names with scores, and what became of the click.
    private func expectRanking(_ output: String, receipt: String) {
      let lines = output.split(separator: "\n")
      #expect(lines.count == 4, "\(output)")
      #expect(lines.prefix(3).allSatisfy { $0.hasPrefix("Restaurant ") }, "\(output)")
      #expect(lines.last?.contains(receipt) == true, "\(output)")
    }

    @Test func `curl ranks, and tells of a click`() async throws {
      let cluster = try await cluster()
      let script = try Readme().block("sh", under: Self.fromCode, containing: "curl")
      for command in Readme.commands(try addressed(script, cluster)) {
        let run = try await shell(command, in: cluster.folder)
        let json = try JSONValue(parsing: Array(run.output.utf8))
        if command.contains("Gateway/Rank") {
          #expect(json["items"]?.array?.count == 3, "\(run.output)")
        } else {
          #expect(json["appended"]?.number == "1", "\(run.output)")
        }
      }
    }

    @Test func `Python ranks, and tells of a click`() async throws {
      let cluster = try await cluster()
      let script = try Readme().block("python", under: Self.fromCode)
      cluster.folder.write(try addressed(script, cluster), to: "ask.py")
      let run = try await shell("python3 ask.py", in: cluster.folder)
      expectRanking(run.output, receipt: "'appended': 1")
    }

    @Test func `Swift ranks, and tells of a click`() async throws {
      let cluster = try await cluster()
      let program = try Readme().block("swift", under: Self.fromCode, containing: "BrigadeQuestion")
      cluster.folder.write(try addressed(program, cluster), to: "main.swift")
      guard let modules = BuiltModules() else {
        try Test.cancel("\(BuiltModules.absence)")
      }
      _ = try await shell(modules.compiler("main.swift", to: "ask"), in: cluster.folder)
      expectRanking(
        try await shell("./ask", in: cluster.folder).output, receipt: "1 event on disk")
    }

    /// Minutes, as everything below the client is built anew; `deploy/test --all` asks for it.
    @Test(.enabled(if: getenv("BRIGADE_CLIENT_PACKAGE") != nil, "set BRIGADE_CLIENT_PACKAGE"))
    func `a package of one's own builds with the client and ranks`() async throws {
      let cluster = try await cluster()
      let readme = try Readme()
      let folder = cluster.folder
      folder.write(
        try readme.block("swift", under: Self.fromCode, containing: "swift-tools-version"),
        to: "shop/Package.swift")
      let program = try readme.block("swift", under: Self.fromCode, containing: "BrigadeQuestion")
      folder.write(try addressed(program, cluster), to: "shop/Sources/shop/main.swift")
      #expect(symlink(Checkout.root, folder.file("brigade")) == 0)
      _ = try await shell("swift build --package-path shop", in: folder, seconds: 1_800)
      let run = try await shell("swift run --package-path shop --skip-build shop", in: folder)
      expectRanking(run.output, receipt: "1 event on disk")
    }

    // MARK: Import

    /// A folder that looks like a checkout to the commands of the guide.
    private func checkout() throws -> TemporaryFolder {
      let folder = TemporaryFolder()
      #expect(symlink("\(Checkout.root)/deploy", folder.file("deploy")) == 0)
      return folder
    }

    private func withBrigade(_ command: String) throws -> String {
      let program = try Executables.path("brigade")
      let end = program.lastIndex(of: "/") ?? program.endIndex
      return "PATH=\(program[..<end]):$PATH; \(command)"
    }

    @Test func `the import guide's data come in, run and are ranked`() async throws {
      let folder = try checkout()
      let readme = try Readme()
      for part in ["head ", "brigade import"] {
        let script = try readme.block("sh", under: Self.yourData, containing: part)
        let run = try await shell(try withBrigade(script), in: folder)
        let shown = try #require(readme.outputs(under: Self.yourData, after: script).first)
        #expect(run.output == shown)
      }
      let mapping = try readme.block("json", under: Self.yourData)
      let bytes = Array("\(mapping)".utf8)
      #expect(
        try FileContents.read(
          "\(Checkout.root)/deploy/mappings/delivery/mapping.json", bytesMax: 1 << 20) == bytes)

      let script = try readme.block("sh", under: Self.yourData, containing: "brigade up")
      let commands = Readme.commands(script)
      let up = try await ChildProgram.start(
        "/usr/bin/env",
        [
          "-C", folder.path, "bash", "-c",
          "\(try withBrigade("exec \(commands[0]) --port 0 --edge-port 0 --admin-port 0 --run run"))",
        ], name: "up", in: folder)
      try await wait(for: "the cluster to be ready; \(up.tail)", seconds: 60) {
        up.output.contains("ready: gateways at ") || up.end != nil
      }
      let gateway = try #require(ReadyFile(reading: folder.file("run/gateway-1.ready")))
      let ask = try #require(commands.last)
      var run = try await shell(
        try withBrigade("\(ask) --gateway \(gateway.listen)"), in: folder)
      // A stall of the machine may degrade an answer, whose list is another one.
      try await wait(for: "a whole answer, not \(run.output)") {
        if !run.output.contains("degraded") { return true }
        run = try await shell(try withBrigade("\(ask) --gateway \(gateway.listen)"), in: folder)
        return false
      }
      up.send(SIGINT)
      #expect(try await up.waitForEnd() == .exit(0))
      let shown = try #require(readme.outputs(under: Self.yourData, after: script).first)
      #expect(Self.names(run.output) == Self.names(shown), "\(run.output)")
    }

    /// Of the ranked: times differ, and chance may change places.
    private static func names(_ table: String) -> Set<Substring> {
      Set(
        table.split(separator: "\n").filter { $0.first?.isNumber == true && $0.contains(".") }
          .filter { !$0.contains("candidates") }
          .map { $0.split(separator: "  ")[1] })
    }

    // MARK: The walk-through

    @Test func `from the alert to the page, the trace and the slow replica, as it is shown`()
      async throws
    {
      let heading = "From the alert to the replica"
      let readme = try Readme()
      let script = try readme.block("sh", under: heading)
      let folder = TemporaryFolder()
      let program = try Executables.path("brigade")
      let bin = program[..<(program.lastIndex(of: "/") ?? program.endIndex)]
      let run = try await shell(
        "cd \(Checkout.root); BRIGADE_BIN=\(bin) \(script)", in: folder, seconds: 120)
      let shown = try #require(readme.outputs(under: heading, after: script).first)
      let steps = shown.split(separator: "\n").filter { $0.hasPrefix("▸") || $0.hasPrefix("$") }
      #expect(steps.count >= 8)
      for step in steps {
        // Ports and folders are others each time.
        let words = step.split(separator: " ").prefix(4).filter {
          !$0.contains("/") && !$0.contains(":")
        }
        #expect(run.output.contains(words.joined(separator: " ")), "\(step) in \(run.output)")
      }
      for (tool, told) in [
        (OutsideTool.prometheus, "BrigadeAnswersLate  firing  page  one answer of a hundred"),
        (.chromium, "Waited for Inference/Score, wire to inference-2 "),
      ] {
        if !tool.isPresent { print("a step of the walk-through is left out: \(tool.absence)") }
        #expect(run.output.contains(tool.isPresent ? told : "is not installed"), "\(run.output)")
      }
      #expect(run.output.contains("█ waited for: Inference/Score, wire to inference-2 "))
      #expect(run.output.contains("Inference/Score makes the p99: "), "\(run.output)")
      let pid = run.output.firstRange(of: "\"pid\":").flatMap {
        pid_t(run.output[$0.upperBound...].prefix { $0.isNumber })
      }
      #expect(kill(try #require(pid), 0) != 0, "the replica is left behind")
    }

    // MARK: All of it

    @Test func `every flag of a command is one that the command has`() async throws {
      var helps: [String: String] = [:]
      let folder = TemporaryFolder()
      for block in try Readme().blocks where block.language == "sh" {
        for command in Readme.commands(block.text) where command.hasPrefix("brigade ") {
          let words = command.split(separator: " ").map(String.init)
          let name = words[1]
          if helps[name] == nil {
            let run = try await FinishedProgram.run("brigade", [name, "--help"], in: folder)
            #expect(run.end == .exit(0), "brigade \(name)")
            helps[name] = run.output
          }
          for flag in words where flag.hasPrefix("--") {
            #expect(helps[name]?.contains("\(flag) ") == true, "\(flag) in \(command)")
          }
        }
      }
      #expect(helps.count >= 7)
    }

    @Test func `what it links to is there`() throws {
      let links = try Readme().links
      #expect(links.count > 3)
      for link in links { #expect(access("\(Checkout.root)/\(link)", F_OK) == 0, "\(link)") }
    }
  }
}
