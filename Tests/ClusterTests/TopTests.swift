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
