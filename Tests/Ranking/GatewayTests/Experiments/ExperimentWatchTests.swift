import RPC
import Telemetry
import TestSupport
import Testing

@testable import Gateway

/// The file, as a gateway's loop follows it, and what is told of it.
@Suite struct ExperimentWatchTests {
  private let folder = TemporaryFolder()
  private let metrics = MetricsRegistry()
  private let lines = Lines()

  private final class Lines: Sendable {
    private let told = Guarded<[String]>([])
    var all: [String] { told.withLock { $0 } }
    func log() -> Log {
      Log(sink: { bytes in
        self.told.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
        return true
      })
    }
  }

  private func write(_ share: Double) {
    folder.write(
      SampleExperiments.text(
        SampleExperiments.layer("l", SampleExperiments.experiment("e", share: share))),
      to: "experiments.json")
  }

  private func watches(_ count: Int = 1) throws -> [ExperimentWatch] {
    let source = try ExperimentSource(path: folder.file("experiments.json"))
    let telling = ExperimentTelling(metrics, log: lines.log())
    return (0..<count).map { _ in ExperimentWatch(source, telling: telling) }
  }

  private func metric(_ name: String) -> String? { Samples.metric(name, metrics) }

  @Test func `a changed file takes effect, a bad one leaves what was`() throws {
    write(0.1)
    let watch = try watches()[0]
    #expect(!watch.tick() && watch.set.experiments[0].slice == 0..<100_000)
    #expect(metric("brigade_gateway_experiments") == "1")
    write(0.25)
    #expect(watch.tick() && watch.set.experiments[0].slice == 0..<250_000)
    #expect(!watch.tick())
    folder.write(#"{"layers": [{"nmae": 1}]}"#, to: "experiments.json")
    #expect(!watch.tick() && watch.set.experiments[0].slice == 0..<250_000)
    #expect(metric("brigade_gateway_experiments_refused") == "1")
    #expect(metric("brigade_gateway_experiments") == "1")
    folder.write(#"{"layers": []}"#, to: "experiments.json")
    #expect(watch.tick() && watch.set.layers.isEmpty)
    #expect(metric("brigade_gateway_experiments_refused") == "0")
    #expect(metric("brigade_gateway_experiments") == "0")
  }

  @Test func `what several loops find out is told once`() throws {
    write(0.1)
    let watches = try watches(3)
    for _ in 0..<2 { for watch in watches { _ = watch.tick() } }
    #expect(lines.all.count { $0.contains("experiments under way") } == 1, "\(lines.all)")
    folder.write("[]", to: "experiments.json")
    for watch in watches { _ = watch.tick() }
    #expect(lines.all.count { $0.contains("experiments refused") } == 1, "\(lines.all)")
    #expect(lines.all.last?.contains("experiments.json:1:1: the file is an object") == true)
  }

  @Test func `without a file there is nothing to watch`() {
    let watch = ExperimentWatch(.none, telling: ExperimentTelling(metrics, log: lines.log()))
    #expect(!watch.tick() && watch.set == .none && lines.all.isEmpty)
  }

  @Test func `a file that is not there is refused`() {
    let path = folder.file("none.json")
    #expect(
      throws: ExperimentError(problems: ["\(path): cannot be opened: No such file or directory"])
    ) {
      try ExperimentSource(path: path)
    }
  }
}
