import Messages
import Node
import RPC
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// Models that come and go while requests do.
  @Suite(.serialized) struct ModelReloadTests {
    private static let refused = "brigade_inference_refused_versions"

    private func card(expecting scores: [Double] = []) -> String {
      #"{"warm_up_scores": \#(scores)}"#
    }

    private func add(
      _ version: String, _ model: [UInt8], card: String? = nil, warmUp: String? = nil,
      in folder: TemporaryFolder
    ) {
      // The model last: a folder without one is no version, and one without its card serves.
      if let warmUp { folder.write(warmUp, to: "models/browse/\(version)/warmup.csv") }
      if let card { folder.write(card, to: "models/browse/\(version)/card.json") }
      folder.write(model, to: "models/browse/\(version)/model.txt")
    }

    /// Until every replica serves it, and the gateway's answers say so.
    private func waitForModel(_ version: Int, _ cluster: TestCluster) async throws {
      try await wait(for: "version \(version) on every replica") {
        cluster[.inference].allSatisfy {
          cluster.metric("brigade_inference_serving_version", labelled: "browse", of: $0)
            == Double(version)
        }
      }
      #expect(try await cluster.rank().model == "browse/\(version)")
    }

    private func waitForRefusal(
      _ reason: String, _ count: Double, _ cluster: TestCluster
    ) async throws {
      try await wait(for: "\(count) \(reason) in the metric") {
        cluster[.inference].allSatisfy {
          cluster.metric(Self.refused, labelled: reason, of: $0) == count
        }
      }
    }

    @Test func `a version dropped in under load serves, a bad one does not, and nothing fails`()
      async throws
    {
      let cluster = try await TestCluster(inferenceFlags: ["--reload-ms", "100"])
      let model = cluster.folder.bytes(of: "models/browse/1/model.txt")
      #expect(try await cluster.rank().model == "browse/1")
      let viewers = try await Viewers(of: cluster, pauseMilliseconds: 10)
      try await viewers.watch { seen in
        try await wait(for: "answers under load") { seen() >= 20 }
        try await exchange(model, cluster)
        let before = seen()
        try await wait(for: "answers by the last version") { seen() >= before + 20 }
      }
      print("models loaded under load: \(viewers.shown.count) answers, \(viewers.rungs)")
      #expect(viewers.failures == 0, "\(viewers.reasons)")
      #expect(!viewers.rungs.contains("\(Method.score.name): \(Rung.lightModel)"))
      #expect(viewers.shown.values.allSatisfy { $0 == 20 })
    }

    /// One that is right, two that are not, and one of those again.
    private func exchange(_ model: [UInt8], _ cluster: TestCluster) async throws {
      add("2", model, in: cluster.folder)
      try await waitForModel(2, cluster)
      add("3", Array(model.prefix(model.count / 2)), in: cluster.folder)
      try await waitForRefusal("file", 1, cluster)
      let text = String(decoding: model, as: UTF8.self)
      let names = text.split(separator: "\n").first { $0.hasPrefix("feature_names=") } ?? ""
      let columns = names.dropFirst("feature_names=".count).split(separator: " ")
      let row = columns.map { _ in "1" }.joined(separator: ",")
      add(
        "4", model, card: card(expecting: [123]),
        warmUp: columns.joined(separator: ",") + "\n\(row)\n", in: cluster.folder)
      try await waitForRefusal("scores", 1, cluster)
      #expect(try await cluster.rank().model == "browse/2")
      for replica in cluster[.inference] {
        let log = replica.process.errorOutput
        #expect(log.contains("msg=\"model left out\" model=browse/3 why=file"), "\(log)")
        #expect(log.contains("the card says 123.0"), "\(log)")
        let busy = cluster.metric("brigade_inference_utilization_ratio", of: replica) ?? -1
        #expect((0...1).contains(busy))
      }
      // Mended in its place.
      add("3", model, in: cluster.folder)
      try await waitForModel(3, cluster)
      try await waitForRefusal("file", 0, cluster)
    }

    @Test func `a shadow and drift are told of, and answers stay those of the version that serves`()
      async throws
    {
      let service = try await LoneService(flags: [
        "--reload-ms", "20", "--shadow.model", "browse/2", "--shadow.share", "1", "--drift.share",
        "1", "--drift.window-rows", "16",
      ])
      let model = service.folder.bytes(of: "models/browse/1/model.txt")
      let shipped = String(decoding: model, as: UTF8.self)
      let names = shipped.split(separator: "\n").first { $0.hasPrefix("feature_names=") } ?? ""
      let columns = names.dropFirst("feature_names=".count).split(separator: " ")
      let features = columns.map {
        #"{"name": "\#($0)", "least": 0, "greatest": 1, "edges": [0.5], "shares": [0.5, 0.5]}"#
      }
      add(
        "1", model, card: #"{"snapshot": {"features": [\#(features.joined(separator: ","))]}}"#,
        in: service.folder)
      add("2", model, in: service.folder)
      let client = try await service.client()
      defer { client.shutDown() }
      var request = ScoreRequest()
      request.columns = UInt32(columns.count)
      for row in 0..<8 { request.matrix += columns.map { _ in Float(row) } }
      var page = ""
      func value(_ name: String, _ label: String = "") -> Double? {
        metricSum(name, labelled: label, in: page)
      }
      try await wait(for: "all of the metrics; \(service.process.tail)") {
        let answer = await client.call(.score, request, .within(milliseconds: 10_000))
        let scored = try answer.result.get()
        #expect(scored.model == "browse/1")
        page = Address(service.ready.admin).flatMap { AdminClient.get("/metrics", at: $0) } ?? ""
        return (value("brigade_inference_shadow_batches_total") ?? 0) > 0
          && value("brigade_inference_feature_psi") != nil
          && value("brigade_inference_shadow_rank_correlation", "browse") != nil
      }
      // The same model ranks the same.
      #expect(value("brigade_inference_shadow_rank_correlation", "browse") == 1)
      // One of eight is up to 0.5, and seven are not; two are in the range.
      let first = String(columns.first ?? "")
      let psi = try #require(value("brigade_inference_feature_psi", first))
      #expect(abs(psi - 0.7297) < 0.001)
      #expect(value("brigade_inference_feature_out_of_range_ratio", first) == 0.75)
      #expect(value("brigade_inference_feature_null_drift_ratio", first) == 0)
      #expect(value("brigade_inference_samples_dropped_total") != nil)
    }
  }
}
