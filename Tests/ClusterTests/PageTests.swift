import Glibc
import Messages
import Node
import RPC
import Telemetry
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// The gateway's page, in a browser.
  @Suite(.serialized) struct PageTests {
    /// Of the request that the browser follows a link to, and a model's version; would do harm as
    /// markup.
    static let markup = "<img src=x onerror=x>"

    /// Half of the requests get variety; nobody can have the model.
    private static let experiments = """
      {"layers": [
        {"name": "policy", "unit": "request", "experiments": [
          {"name": "variety", "share": 1, "arms": [
            {"name": "control"}, {"name": "single", "set": {"category_run_max": 1}}]}]},
        {"name": "model", "unit": "user", "experiments": [
          {"name": "next", "share": 1, "arms": [{"name": "new", "set": {"model": "browse/9"}}]}]}]}
      """

    @Test(.enabled(if: OutsideTool.chromium.isPresent, OutsideTool.chromium.absence))
    func `a person with a keyboard sees what is slow, why, and who is gone`() async throws {
      let folder = TemporaryFolder()
      let experiments = folder.file("experiments.json")
      try replaceFile(experiments, with: Array(Self.experiments.utf8))
      let cluster = try await TestCluster(
        retrieval: 1, features: 1, inference: 1,
        gatewayFlags: [
          "--trace.sample-rate", "1", "--model", "browse/9", "--experiments", experiments,
        ])
      try addVersion(to: cluster)
      let gateway = cluster[.gateway][0]
      for _ in 0..<20 { _ = try await cluster.rank() }
      let trace = try await asked(of: gateway, cluster)
      let visit = try await ChildProgram.start(
        "/usr/bin/env",
        [
          "python3", "\(Checkout.root)/Tests/Fixtures/page_visit.py",
          OutsideTool.chromium.path ?? "", "http://\(gateway.ready.admin)/",
          cluster.folder.file("profile"), "inference-1", trace,
        ], name: "visit", in: cluster.folder)
      let inference = cluster[.inference][0].process
      var isSpoilt = false
      try await wait(for: "the visit's end; \(visit.tail)", seconds: 60) {
        if !isSpoilt, visit.output.contains("spoil the experiments") {
          isSpoilt = true
          try replaceFile(experiments, with: Array("{}".utf8))
        }
        if visit.output.contains("kill gateway") {
          gateway.process.killAndReap()
        } else {
          if visit.output.contains("kill inference-1") { inference.killAndReap() }
          // So that there is traffic to be seen.
          _ = try? await cluster.rank()
        }
        return visit.end != nil
      }
      #expect(visit.end == .exit(0), "\(visit.tail)")
      #expect(visit.output.hasSuffix("visited\n"), "\(visit.tail)")
    }

    /// Which ranks nothing: words come before numbers.
    private func addVersion(to cluster: TestCluster) throws {
      let model = cluster.folder.bytes(of: "models/browse/1/model.txt")
      cluster.folder.write(model, to: "models/browse/.new/model.txt")
      let folder = cluster.folder.file("models/browse")
      try #require(rename("\(folder)/.new", "\(folder)/\(Self.markup)") == 0)
    }

    /// The id of a trace that is kept as its caller wanted it.
    private func asked(
      of gateway: TestCluster.Replica, _ cluster: TestCluster
    ) async throws -> String {
      let client = try await cluster.client(gateway)
      defer { client.shutDown() }
      var random = SystemRandomNumberGenerator()
      var options = CallOptions.within(milliseconds: 1_000)
      options.trace = TraceContext(random: &random)
      options.trace.flags = 1
      var request = TestCluster.request
      request.requestID = Self.markup
      _ = try await client.call(.rank, request, options).result.get()
      return options.trace.id.description
    }
  }
}
