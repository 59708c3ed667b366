import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  @Suite(.serialized) struct TopTests {
    @Test func `each process of a run is a row, without escapes where nobody watches`() async throws
    {
      let cluster = try await TestCluster(retrieval: 1, features: 1, inference: 1)
      let run = try await FinishedProgram.run(
        "brigade", ["top", "--run", cluster.folder.path, "--interval-ms", "100", "--count", "2"],
        in: cluster.folder)
      #expect(run.end == .exit(0), "\(run.errorOutput)")
      #expect(!run.output.contains("\u{1B}"))
      for name in ["features-1", "gateway-1", "inference-1", "retrieval-1"] {
        #expect(
          run.output.split(separator: "\n").count { $0.hasPrefix("\(name) ") } == 2,
          "\(run.output)")
      }
    }

    @Test(.enabled(if: OutsideTool.python.isPresent, OutsideTool.python.absence))
    func `a small window keeps one table, whatever becomes of the window`() async throws {
      let cluster = try await TestCluster(retrieval: 1, features: 1, inference: 1)
      func seen(_ sizes: String, draws: Int) async throws -> [Substring] {
        let run = try await FinishedProgram.run(
          "/usr/bin/env",
          [
            "python3", "\(Checkout.root)/Tests/Fixtures/terminal_view.py", sizes,
            try Executables.path("brigade"), "top", "--run", cluster.folder.path,
            "--interval-ms", "50", "--count", "\(draws)",
          ], in: cluster.folder)
        #expect(run.end == .exit(0), "\(run.output)\(run.errorOutput)")
        return run.output.split(separator: "\n")
      }
      let small = try await seen("5x60", draws: 4)
      #expect(small.count == 4 && small.first?.hasPrefix("replica ") == true, "\(small)")
      #expect(small.last == "… 3 more" && small.allSatisfy { $0.count <= 60 }, "\(small)")
      let wide = try await seen("12x140", draws: 2)
      #expect(wide.count == 6 && wide.first?.contains(" limit ") == true, "\(wide)")
      // Made smaller while it is drawn.
      let changed = try await seen("12x140,6x40,4x30", draws: 12)
      #expect(changed.count == 3 && changed.last == "… 4 more", "\(changed)")
      #expect(changed.count { $0.hasPrefix("replica ") } == 1, "\(changed)")
    }

    @Test func `a folder without processes, and an address without one, are told`() async throws {
      let folder = TemporaryFolder()
      let none = try await FinishedProgram.run(
        "brigade", ["top", "--run", folder.path], in: folder)
      #expect(none.end == .exit(1))
      #expect(none.errorOutput.contains("no process has left its addresses in \(folder.path)"))
      let nobody = try await FinishedProgram.run(
        "brigade", ["top", "--admin", "unix:\(folder.file("none"))", "--interval-ms", "50"],
        in: folder)
      #expect(nobody.end == .exit(0) && nobody.output.contains("nobody answers"))
    }
  }
}
