import Glibc
import Messages
import Node
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// A new feature set and a new model, in the right order and in wrong ones, under load.
  @Suite(.serialized) struct RolloutTests {
    private static let waiting = "brigade_gateway_rollout_waiting"

    private func add(_ version: String, schema: String, _ cluster: TestCluster) {
      let model = cluster.folder.bytes(of: "models/browse/1/model.txt")
      // The card first: a version without one takes any rows.
      cluster.folder.write(#"{"schema": "\#(schema)"}"#, to: "models/browse/.new/card.json")
      cluster.folder.write(model, to: "models/browse/.new/model.txt")
      move("models/browse/.new", to: "models/browse/\(version)", cluster)
    }

    private func move(_ from: String, to: String, _ cluster: TestCluster) {
      let status = rename(cluster.folder.file(from), cluster.folder.file(to))
      #expect(status == 0, "\(from): errno \(errno)")
    }

    private func restart(_ name: String, _ cluster: TestCluster) async throws {
      let replica = try #require(cluster.replicas.first { $0.name == name })
      replica.process.send(SIGTERM)
      #expect(try await replica.process.waitForEnd() == .exit(0), "\(replica.process.tail)")
      try await cluster.restart(name)
    }

    /// The fingerprint of the definition that a replica of features has loaded.
    private func schema(of name: String, _ cluster: TestCluster) throws -> String {
      let replica = try #require(cluster.replicas.first { $0.name == name })
      let words = replica.process.errorOutput.split(whereSeparator: \.isWhitespace)
      let field = try #require(words.first { $0.hasPrefix("schema=") })
      return String(field.dropFirst("schema=".count))
    }

    private func wait(for model: String, _ cluster: TestCluster) async throws -> RankResponse {
      var answer = try await cluster.rank()
      try await ClusterTests.wait(for: "\(model), not \(answer.model)") {
        answer = try await cluster.rank()
        return answer.model == model
      }
      return answer
    }

    private func expectWaiting(
      _ reason: String?, _ model: String, _ cluster: TestCluster
    ) async throws {
      let gateway = cluster[.gateway][0]
      try await ClusterTests.wait(for: "\(reason ?? "nothing") to be waited for") {
        ["model", "features", "replicas", "file"].allSatisfy {
          cluster.metric(Self.waiting, labelled: $0, of: gateway) == ($0 == reason ? 1 : 0)
        }
      }
      var answer = try await cluster.rank()
      try await ClusterTests.wait(for: "a whole answer") {
        answer = try await cluster.rank()
        return !answer.degraded
      }
      #expect(answer.model == model)
    }

    @Test
    func `feature set, model, pin: nothing fails, and no wrong order ranks by a wrong version`()
      async throws
    {
      let folder = TemporaryFolder()
      folder.write("browse\n", to: "model")
      let cluster = try await TestCluster(
        gatewayFlags: ["--model", "file:\(folder.file("model"))"],
        inferenceFlags: ["--reload-ms", "100"])
      func pin(_ reference: String) throws {
        try replaceFile(folder.file("model"), with: Array("\(reference)\n".utf8))
      }
      let old = try schema(of: "features-1", cluster)
      add("2", schema: old, cluster)
      _ = try await wait(for: "browse/2", cluster)
      let viewers = try await Viewers(of: cluster, pauseMilliseconds: 10)
      try await viewers.watch { seen in
        try await ClusterTests.wait(for: "answers under load") { seen() >= 20 }
        try await wrongOrders(pin, cluster)
        try await rightOrder(from: old, pin, cluster)
        let before = seen()
        try await ClusterTests.wait(for: "answers at the end") { seen() >= before + 20 }
      }
      let count = viewers.shown.count
      print("feature set, model and pin rolled out under load: \(count) answers, \(viewers.rungs)")
      #expect(viewers.failures == 0, "\(viewers.reasons)")
      #expect(Double(viewers.degraded) < 0.01 * Double(count), "\(viewers.rungs)")
    }

    private func wrongOrders(
      _ pin: (String) throws -> Void, _ cluster: TestCluster
    ) async throws {
      let gateway = cluster[.gateway][0]
      // The model before its features.
      add("3", schema: "f00d", cluster)
      try await expectWaiting("features", "browse/2", cluster)
      #expect(
        gateway.process.errorOutput.contains(
          "browse/3 was trained on features:f00d, which no replica of features has"))
      move("models/browse/3", to: "gone", cluster)
      try await expectWaiting(nil, "browse/2", cluster)
      // The pin before the model.
      try pin("browse/9")
      try await expectWaiting("model", "browse/2", cluster)
      #expect(gateway.process.errorOutput.contains("no replica of inference has browse/9"))
      try pin("browse/2")
      try await expectWaiting(nil, "browse/2", cluster)
    }

    private func rightOrder(
      from old: String, _ pin: (String) throws -> Void, _ cluster: TestCluster
    ) async throws {
      let definition = String(
        decoding: cluster.folder.bytes(of: "data/features.json"), as: UTF8.self)
      let changed = definition.replacing(#""window": "30d""#, with: #""window": "29d""#)
      #expect(changed != definition)
      cluster.folder.write(changed, to: "data/features.json")
      try await restart("features-2", cluster)
      let new = try schema(of: "features-2", cluster)
      #expect(new != old)
      add("4", schema: new, cluster)
      try await ClusterTests.wait(for: "version 4 on every replica") {
        cluster[.inference].allSatisfy {
          $0.process.errorOutput.contains("msg=\"model loaded\" model=browse/4")
        }
      }
      try await expectWaiting(nil, "browse/2", cluster)
      try pin("browse/4")
      let answer = try await wait(for: "browse/4", cluster)
      #expect(!answer.degraded)
      let assembled = answer.hops.first { $0.method.hasSuffix("/Assemble") }
      #expect(assembled?.replica == "features-2")
      try await restart("features-1", cluster)
      try await expectWaiting(nil, "browse/4", cluster)
    }
  }
}
