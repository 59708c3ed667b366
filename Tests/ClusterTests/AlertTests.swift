import Node
import RPC
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// deploy/prometheus and the runbook.
  @Suite(.serialized) struct AlertTests {
    private static let folder = "\(DeployedFile.folder)/prometheus"
    private let temporary = TemporaryFolder()
    private let alerts = DeployedFile("prometheus/alerts.yml")

    @Test(
      .enabled(if: OutsideTool.promtool.isPresent, OutsideTool.promtool.absence),
      arguments: [["check", "rules", "alerts.yml"], ["test", "rules", "alerts-test.yml"]])
    func `the rules are valid, and go off when they should`(command: [String]) async throws {
      let run = try await OutsideTool.promtool.run(
        command[..<2] + ["\(Self.folder)/\(command[2])"], in: temporary)
      #expect(run.end == .exit(0), "\(run.output)\(run.errorOutput)")
    }

    /// A rule about a metric that nobody has never goes off.
    @Test func `the metrics of all rules are on the pages of a running cluster`() async throws {
      let cluster = try await TestCluster()
      var names: Set<String> = []
      for replica in cluster.replicas {
        let admin = try #require(Address(replica.ready.admin))
        let page = try #require(AdminClient.get("/metrics", at: admin))
        for line in page.split(separator: "\n") {
          names.insert(String(line.prefix { $0 != " " && $0 != "{" }))
        }
      }
      let words = alerts.text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
      let metrics = Set(words.filter { $0.hasPrefix("brigade_") || $0.hasPrefix("process_") })
      #expect(metrics.count > 10)
      #expect(metrics.subtracting(names).isEmpty, "\(metrics.subtracting(names))")
    }

    @Test func `the runbook has a section for each alert, and no other`() {
      let names = alerts.values(after: "- alert: ")
      let sections = DeployedFile("README.md").values(after: "### Brigade").map { "Brigade\($0)" }
      #expect(names.count >= 12)
      #expect(sections == names)
    }
  }
}
