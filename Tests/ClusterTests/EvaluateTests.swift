import Definitions
import Glibc
import JSON
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  @Suite(.serialized) struct EvaluateTests {
    private let folder = TemporaryFolder()

    private func evaluate(_ arguments: [String]) async throws -> FinishedProgram {
      let town = try SmallTown(in: folder)
      return try await FinishedProgram.run(
        "brigade",
        ["evaluate", "--data", town.dataFolder, "--work", folder.file("work"), "--radius-km", "50"]
          + arguments, in: folder, seconds: 120)
    }

    /// What the processes of a mode said last, for the message of a failed test.
    private func logs(_ mode: String) -> String {
      (Self.names(in: folder.file("work/\(mode)")) ?? []).filter { $0.hasSuffix(".log") }.sorted()
        .map { name in
          let log = String(decoding: folder.bytes(of: "work/\(mode)/\(name)"), as: UTF8.self)
          return "\(name): …\(log.suffix(1_000))"
        }.joined(separator: "\n")
    }

    @Test func `every visit of the last tenth is ranked, frozen and live, and nothing is left`()
      async throws
    {
      let run = try await evaluate([
        "--models", folder.file("models"), "--mode", "both", "-o", "json",
      ])
      #expect(run.end == .exit(0), "\(run.errorOutput)\(logs("frozen"))\(logs("live"))")
      let json = try JSONValue(parsing: Array(run.output.utf8))
      let report = try #require(json.array?.first)
      #expect(json.array?.count == 2)
      #expect(report["mode"]?.string == "frozen")
      #expect(report["model"]?.string == "browse/1")
      #expect(report["degraded"]?.int64 == 0)
      let rankings = report["rankings"]?.array ?? []
      #expect(rankings.count == 5)
      for ranking in rankings {
        #expect(ranking["all"]?["visits"]?.int64 == 200)
        #expect((ranking["all"]?["recall"]?.double ?? 0) > 0.5)
      }
      #expect(report["lag_ms"] == nil)
      let live = try #require(json.array?.last)
      #expect(live["mode"]?.string == "live")
      #expect(live["degraded"]?.int64 == 0)
      #expect(live["rankings"]?.array?.last?["all"]?["visits"]?.int64 == 200)
      #expect((live["lag_ms"]?["p50"]?.double ?? 0) > 0)
      // Nothing was appended: the log is the first nine tenths.
      #expect(try Self.events(folder.file("work/frozen/data/events.brigade")) == 1_800)
      // A replica's is removed once it has been seen to end.
      let left = try #require(Self.names(in: folder.file("work/frozen")))
      #expect(left.contains("gateway-1.log"))
      #expect(!left.contains { $0.hasSuffix(".ready") }, "\(left)")
    }

    @Test func `a source that is left out proposes nothing`() async throws {
      let run = try await evaluate([
        "--models", folder.file("models"), "--mode", "frozen", "--limit", "20",
        "--without-sources", "history", "-o", "json",
      ])
      #expect(run.end == .exit(0), "\(run.errorOutput)")
      let json = try JSONValue(parsing: Array(run.output.utf8))
      let names = json.array?.first?["sources"]?.array?.compactMap { $0["source"]?.string } ?? []
      #expect(names.contains("place"))
      #expect(!names.contains("history"))
    }

    private static func events(_ path: String) throws -> Int {
      var count = 0
      try EventLog.read(path) { _, _ in count += 1 }
      return count
    }

    private static func names(in path: String) -> [String]? {
      guard let listing = opendir(path) else { return nil }
      defer { closedir(listing) }
      var names: [String] = []
      while let entry = readdir(listing) {
        names.append(
          withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
          })
      }
      return names
    }

    @Test func `a model is trained on what comes before, without the features that are left out`()
      async throws
    {
      let python = try await FinishedProgram.run(
        "/usr/bin/env", ["python3", "-c", "import lightgbm, numpy"], in: folder)
      guard python.end == .exit(0) else {
        try Test.cancel("python3 has no lightgbm and numpy")
      }
      let run = try await evaluate([
        "--mode", "frozen", "--negatives-max", "10", "--trees", "5", "--limit", "20",
        "--without-features", "user_item_*,rating", "--train", "\(Checkout.root)/deploy/train",
      ])
      #expect(run.end == .exit(0), "\(run.errorOutput)")
      #expect(run.output.contains("20 visits"))
      #expect(run.output.contains("model browse/1"))
      let card = try JSONValue(parsing: folder.bytes(of: "work/models/browse/1/card.json"))
      let without = card["without"]?.array?.compactMap(\.string) ?? []
      #expect(without.contains("rating"))
      #expect(without.contains("user_item_orders"))
      let model = String(
        decoding: folder.bytes(of: "work/models/browse/1/model.txt"), as: UTF8.self)
      // LightGBM counts the splits by feature at the end of a model.
      #expect(!model.contains("\nrating="))
      #expect(!model.contains("\nuser_item_orders="))
      #expect(model.contains("\ndistance_km="))
    }

    @Test func `without a Python that can train, the error says what to install`() async throws {
      let run = try await evaluate(["--mode", "frozen", "--python", "no-such-python"])
      #expect(run.end == .exit(1))
      #expect(run.errorOutput.contains("-m pip install lightgbm numpy"), "\(run.errorOutput)")
      #expect(run.output.isEmpty)
    }

    @Test func `a folder without data is refused before anything starts`() async throws {
      let run = try await FinishedProgram.run(
        "brigade", ["evaluate", "--data", folder.file("none"), "--work", folder.file("work")],
        in: folder)
      #expect(run.end == .exit(1))
      #expect(run.errorOutput.contains("none/catalogue.brigade"), "\(run.errorOutput)")
      #expect(!folder.names.contains("work"))
    }
  }
}
