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

    /// A scraper that is not ours, with what is shipped for it.
    @Test(.enabled(if: OutsideTool.prometheus.isPresent, OutsideTool.prometheus.absence))
    func `Prometheus scrapes a whole cluster, evaluates every rule, and sees a replica die`()
      async throws
    {
      let cluster = try await TestCluster(
        retrieval: 1, features: 1, inference: 2, gatewayFlags: ["--trace.sample-rate", "1"])
      for replica in cluster.replicas { try await lint(replica, cluster) }
      let server = try await PrometheusServer(scraping: cluster.replicas.map(\.ready.admin))
      for service in ServiceKind.allCases {
        let there = "sum(brigade_build_info{program=\"\(service.program)\"})"
        // A scrape that a stalled machine is late with counts none of its target's.
        try await wait(for: "all of \(service)") {
          try await server.value(of: there) == Double(cluster[service].count)
        }
      }
      _ = try await cluster.rank()
      let answered = #"sum(brigade_gateway_requests_total{outcome="ok"})"#
      try await wait(for: "the answer to be counted") {
        let counted = cluster.metric(
          "brigade_gateway_requests_total", labelled: "ok", of: cluster[.gateway][0])
        return try await server.value(of: answered) == counted
      }
      try await wait(for: "all rules to be evaluated") {
        let rules = try await server.rules()
        return !rules.isEmpty && rules.allSatisfy { $0.health != "unknown" }
      }
      try await wait(for: "an exemplar of a trace that the gateway has", seconds: 20) {
        _ = try await cluster.rank()
        let ids = try await server.exemplarTraces(
          of: "brigade_gateway_rank_duration_seconds_bucket")
        return ids.contains { keeps($0, cluster[.gateway][0]) }
      }
      let rules = try await server.rules()
      #expect(rules.map(\.name).sorted() == alerts.values(after: "- alert: ").sorted())
      #expect(rules.allSatisfy { $0.health == "ok" }, "\(rules.filter { $0.health != "ok" })")
      try await wait(for: "no alert") { try await !server.isFiring("BrigadeReplicaDown") }
      let lost = cluster[.inference][0]
      lost.process.killAndReap()
      try await wait(for: "the alert", seconds: 60) {
        try await server.isFiring(
          "BrigadeReplicaDown", labels: #", instance="\#(lost.ready.admin)""#)
      }
      try await wait(for: "no other alert") {
        try await server.value(of: "count(ALERTS{alertname=\"BrigadeReplicaDown\"})") == 1
      }
    }

    private func keeps(_ trace: String, _ gateway: TestCluster.Replica) -> Bool {
      Address(gateway.ready.admin).flatMap { AdminClient.get("/traces/\(trace)", at: $0) } != nil
    }

    private func lint(_ replica: TestCluster.Replica, _ cluster: TestCluster) async throws {
      let page = try #require(cluster.page("/metrics", of: replica))
      temporary.write(page, to: "page")
      let run = try await FinishedProgram.run(
        "/bin/sh",
        ["-c", "\(OutsideTool.promtool.path ?? "") check metrics <\(temporary.file("page"))"],
        in: temporary)
      #expect(
        run.end == .exit(0) && run.output.isEmpty && run.errorOutput.isEmpty,
        "\(replica.name): \(run.output)\(run.errorOutput)")
    }

    /// Of models with a card, once rows have come: a small town's has none.
    private static let laterMetrics = DeployedFile(
      "../Sources/Ranking/Inference/Observation/ObservationMetrics.swift")

    /// A rule about a metric that nobody has never goes off.
    @Test func `the metrics of all rules are on the pages of a running cluster`() async throws {
      // What counts arms is there once there are some.
      temporary.write(
        #"""
        {"layers": [{"name": "l", "unit": "user", "experiments": [
          {"name": "e", "share": 1, "arms": [{"name": "a"}]}]}]}
        """#, to: "experiments.json")
      let cluster = try await TestCluster(
        gatewayFlags: ["--experiments", temporary.file("experiments.json")])
      var names: Set<String> = []
      for replica in cluster.replicas {
        let page = try #require(cluster.page("/metrics", of: replica))
        for line in page.split(separator: "\n") {
          names.insert(String(line.prefix { $0 != " " && $0 != "{" }))
        }
      }
      let words = alerts.text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
      let metrics = Set(words.filter { $0.hasPrefix("brigade_") || $0.hasPrefix("process_") })
      #expect(metrics.count > 10)
      let missing = metrics.subtracting(names).filter {
        !Self.laterMetrics.text.contains("\"\($0)\"")
      }
      #expect(missing.isEmpty, "\(missing)")
    }

    @Test func `the runbook has a section for each alert, and no other`() {
      let names = alerts.values(after: "- alert: ")
      let sections = DeployedFile("README.md").values(after: "### Brigade").map { "Brigade\($0)" }
      #expect(names.count >= 12)
      #expect(sections == names)
    }
  }
}
