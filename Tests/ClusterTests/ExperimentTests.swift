import JSON
import Messages
import Node
import RPC
import Telemetry
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// Experiments of a running cluster: who is in which arm, what that changes, and where it shows.
  @Suite(.serialized) struct ExperimentTests {
    private static let requests = "brigade_gateway_experiment_requests_total"
    private let folder = TemporaryFolder()
    private var file: String { folder.file("experiments.json") }

    /// Half of the users see no two of one category in a row; nobody can have the other's model.
    private func declare(share: Double) throws {
      let text = """
        {"layers": [
          {"name": "policy", "unit": "user", "experiments": [
            {"name": "variety", "share": \(share), "arms": [
              {"name": "control", "set": {"exploration_rate": 0}},
              {"name": "single", "set": {"exploration_rate": 0, "category_run_max": 1}}]}]},
          {"name": "model", "unit": "request", "experiments": [
            {"name": "next", "share": \(share), "arms": [
              {"name": "new", "set": {"model": "browse/9"}}]}]}]}
        """
      try replaceFile(file, with: Array(text.utf8))
    }

    private func rank(_ user: String, _ client: Client) async throws -> RankResponse {
      var request = TestCluster.request
      request.userID = user
      let end = await client.call(.rank, request, .within(milliseconds: 10_000))
      return try end.result.get()
    }

    private func longestRun(_ response: RankResponse) -> Int {
      var (longest, run, last) = (0, 0, "")
      for item in response.items {
        run = item.category == last ? run + 1 : 1
        last = item.category
        longest = max(longest, run)
      }
      return longest
    }

    private func brigade(_ arguments: [String]) async throws -> FinishedProgram {
      try await FinishedProgram.run("brigade", arguments, in: folder)
    }

    @Test func `arms rank, are told and counted, and a changed file takes effect`() async throws {
      try declare(share: 1)
      let cluster = try await TestCluster(
        retrieval: 1, features: 1, inference: 1,
        gatewayFlags: ["--experiments", file, "--trace.sample-rate", "1"])
      let gateway = cluster[.gateway][0]
      let client = try await cluster.client(gateway)
      defer { client.shutDown() }
      let before = cluster.metric(Self.requests, labelled: "variety", of: gateway) ?? 0

      var counts: [String: Double] = [:]
      var told = ""
      for user in SmallTown.userIDs {
        let response = try await rank(user, client)
        #expect(response.arms.map(\.experiment) == ["variety", "next"])
        let (variety, next) = (response.arms[0], response.arms[1])
        #expect(variety.applied && !next.applied && response.model == "browse/1")
        #expect(next.why == "no replica of inference has browse/9; there are browse/1")
        #expect(longestRun(response) <= (variety.arm == "single" ? 1 : 3), "\(user)")
        let again = try await rank(user, client).arms[0]
        #expect(again.arm == variety.arm, "\(user) has another arm")
        counts[variety.arm, default: 0] += 2
        told += "\(user) \(variety.experiment)=\(variety.arm) \(next.experiment)=\(next.arm)\n"
      }
      #expect(counts.count == 2, "\(counts)")
      // The harness has asked as well, for one user.
      let all = try #require(cluster.metric(Self.requests, labelled: "variety", of: gateway))
      #expect(all - before == counts.values.reduce(0, +))
      let single = cluster.metric(Self.requests, labelled: "single", of: gateway) ?? 0
      #expect(abs(single - (counts["single"] ?? 0)) <= before, "\(counts), \(single)")

      try await expectRecomputed(told)
      try await expectTold(gateway, cluster)
      try await expectFollowed(cluster, client)
    }

    /// Who reads the log has no arms but the runbook's few lines.
    private func expectRecomputed(_ told: String) async throws {
      let runbook = DeployedFile("README.md").text
      let begin = try #require(runbook.firstRange(of: "```python\n")).upperBound
      let end = try #require(runbook[begin...].firstRange(of: "\n```")).lowerBound
      folder.write(
        """
        \(runbook[begin..<end])
        import json
        for user in \(SmallTown.userIDs):
            found = arms(json.load(open("experiments.json")), user, "any", 37.7599, -122.4148)
            print(user, *(f"{experiment}={arm}" for experiment, arm in found))

        """, to: "recompute.py")
      let run = try await FinishedProgram.run(
        "/usr/bin/env", ["-C", folder.path, "python3", "recompute.py"], in: folder)
      #expect(run.output == told, "\(run.errorOutput)")
    }

    private func expectTold(
      _ gateway: TestCluster.Replica, _ cluster: TestCluster
    ) async throws {
      let asked = [
        "--gateway", gateway.ready.listen, "--user", SmallTown.userIDs[0], "--at",
        "37.7599,-122.4148", "--now", "\(SmallTown.nowMilliseconds)",
      ]
      let forced = "experiments: variety=single (forced) · next=new (not applied: "
      let ranked = try await brigade(
        ["rank"] + asked + ["--request-id", "tried", "--force-arms", "variety=single"])
      #expect(ranked.output.contains(forced), "\(ranked.output)\(ranked.errorOutput)")
      let traced = try await brigade(["trace", "tried", "--admin", gateway.ready.admin])
      #expect(traced.output.contains(forced), "\(traced.output)\(traced.errorOutput)")
      let page = try #require(cluster.page("/traces/tried", of: gateway))
      let root = try JSONValue(parsing: Array(page.utf8))["spans"]?.array?.first?["attributes"]
      #expect(root?["brigade.experiment.variety"]?.string == "single", "\(page)")
      #expect(
        gateway.process.errorOutput.contains(#" experiments="variety=single,next=new""#),
        "\(gateway.process.tail)")
      #expect(root?["brigade.experiment.next.not_applied"]?.string?.contains("browse/9") == true)
      let explained = try await brigade(["explain"] + asked)
      #expect(explained.output.contains("model browse/9"), "\(explained.output)")
      let refused = try await brigade(["rank"] + asked + ["--force-arms", "variety=singel"])
      #expect(refused.end != .exit(0))
      #expect(refused.errorOutput.contains(#"did you mean "single"?"#), "\(refused.errorOutput)")
    }

    private func expectFollowed(_ cluster: TestCluster, _ client: Client) async throws {
      let (gateway, stalls) = (cluster[.gateway][0], StallWatch())
      try declare(share: 0)
      let declared = Instant.now()
      try await wait(for: "requests without arms") {
        try await rank(SmallTown.userIDs[0], client).arms.isEmpty
      }
      let seconds = Double(Instant.now().nanoseconds(since: declared)) / 1e9
      print("a changed file of experiments takes effect after \(seconds) s")
      #expect(seconds < 1 + stalls.seconds, "\(stalls)")
      try replaceFile(file, with: Array(#"{"layers": [{"name": "policy"}]}"#.utf8))
      try await wait(for: "the bad file to be told of") {
        cluster.metric("brigade_gateway_experiments_refused", of: gateway) == 1
      }
      #expect(try await rank(SmallTown.userIDs[0], client).arms.isEmpty)
      #expect(
        gateway.process.errorOutput.contains(#"experiments.json:1:13: a layer needs \"unit\""#),
        "\(gateway.process.tail)")

      // A process that does not run yet does not begin with it.
      for command in [["brigade-gateway"], ["brigade", "up", "--data", cluster.town.dataFolder]] {
        let run = try await FinishedProgram.run(
          command[0], command.dropFirst() + ["--experiments", file], in: folder)
        #expect(run.end == .exit(64), "\(command)")
        #expect(
          run.errorOutput.contains(#"--experiments: \#(file):1:13: a layer needs "unit""#),
          "\(run.errorOutput)")
      }
    }
  }
}
