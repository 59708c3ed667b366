import JSON
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// `brigade capacity` as a person runs it.
  @Suite(.serialized) struct CapacityTests {
    private static let model = "deploy/models/browse/1/model.txt"
    private let folder = TemporaryFolder()

    private func capacity(_ arguments: [String]) async throws -> FinishedProgram {
      try await FinishedProgram.run(
        "/usr/bin/env",
        ["-C", Checkout.root, try Executables.path("brigade"), "capacity"] + arguments,
        in: folder, seconds: 120)
    }

    @Test func `what is measured once gives the same plan again, and a chart`() async throws {
      let (costs, svg) = (folder.file("costs.json"), folder.file("rates.svg"))
      let arguments = [
        "--rps", "1000", "--model", Self.model, "--candidates", "50", "--measured", costs,
        "--seconds", "0.5", "--simulated-requests", "1000", "--json",
      ]
      let first = try await capacity(arguments)
      #expect(first.end == .exit(0), "\(first.errorOutput)")
      let json = try JSONValue(parsing: Array(first.output.utf8))
      let measured = try #require(json["measured"])
      for service in ["gateway", "retrieval", "features", "inference"] {
        #expect((measured["processor_us"]?[service]?.double ?? 0) > 10, "\(service)")
      }
      let plan = try #require(json["plans"]?.array?.last)
      #expect(plan["rps"]?.double == 1_000)
      for service in ["gateway", "retrieval", "features", "inference"] {
        #expect((plan["replicas"]?[service]?.int64 ?? 0) >= 2, "\(service)")
      }
      #expect((plan["without_one"]?["p99_ms"]?.double ?? 99) <= 50)

      let second = try await capacity(arguments + ["--svg", svg])
      #expect(second.end == .exit(0), "\(second.errorOutput)")
      #expect(second.output == first.output)
      #expect(!second.errorOutput.contains("measuring"), "\(second.errorOutput)")
      let chart = String(decoding: folder.bytes(of: "rates.svg"), as: UTF8.self)
      #expect(chart.hasPrefix("<svg ") && chart.hasSuffix("</svg>\n"))
    }

    /// The plan of a day takes them for granted.
    @Test func `autoscalers aim at what is deployed`() {
      let targets = DayPlanner.targets
      let gateway = DeployedFile("kubernetes/base/gateway.yaml").text
      // Of its request for half a processor.
      #expect(gateway.contains("averageUtilization: 60"))
      #expect(gateway.contains("cpu: 500m"))
      #expect(targets[.gateway] == 0.6 * 0.5)
      let inference = DeployedFile("kubernetes/base/inference.yaml").text
      #expect(inference.contains("averageValue: 500m"))
      #expect(targets[.inference] == 0.5)
    }

    @Test(arguments: [
      (["--model", model], 64, "one of --rps R and --requests-per-day N"),
      (["--rps", "10", "--requests-per-day", "10", "--model", model], 64, "not both"),
      (["--rps", "10"], 64, "--model FILE is required"),
      (["--rps", "-1"], 64, "--rps: -1 is not in 0...200000"),
      (["--rps", "10", "--model", "nowhere.txt"], 1, "nowhere.txt: cannot be opened"),
      (["--rps", "10", "--model", "deploy/README.md"], 1, "deploy/README.md: "),
      (["--rps", "10", "--measured", "deploy/features.json"], 1, "deploy/features.json: "),
    ])
    func `what is wrong is named`(arguments: [String], status: Int32, complaint: String)
      async throws
    {
      let run = try await capacity(arguments)
      #expect(run.end == .exit(status), "\(run.errorOutput)")
      #expect(run.errorOutput.contains(complaint), "\(run.errorOutput)")
      #expect(run.output.isEmpty)
    }
  }
}
