import RPC
import ServingSupport
import Telemetry
import TestSupport
import Testing

@testable import Inference

@Suite struct ModelReloaderTests {
  private let folder = TemporaryFolder()
  private let metrics = MetricsRegistry()
  private let lines = Guarded<[String]>([])

  private func reloader(defaultName: String? = nil) -> ModelReloader {
    let lines = lines
    return ModelReloader(
      ModelDirectory(folder.file("models")), defaultName: defaultName, metrics: metrics,
      log: Log(sink: { line in
        lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        return true
      }))
  }

  /// Two looks, as what is new has to be found the same twice.
  private func scan(
    _ reloader: ModelReloader, _ publisher: ModelPublisher, rowsSchema: UInt64 = 0
  ) {
    for _ in 0..<2 { reloader.scan(publisher, rowsSchema: rowsSchema) }
  }

  private func metric(_ line: String) -> String? {
    metrics.renderPrometheus().split(separator: "\n").first { $0.hasPrefix(line + " ") }
      .map { String($0.dropFirst(line.count + 1)) }
  }

  private func refused(_ reason: ModelRefusal.Reason) -> String? {
    metric("brigade_inference_refused_versions{reason=\"\(reason.rawValue)\"}")
  }

  private func logged(_ text: String) -> Int {
    lines.withLock { $0.filter { $0.contains(text) }.count }
  }

  private func publisher(_ reloader: ModelReloader) throws -> ModelPublisher {
    ModelPublisher(reloader.loadAll(), background: try EventLoop(name: "background"))
  }

  @Test func `how fresh the version is that answers is told, and nothing of one that is gone`()
    throws
  {
    let before = Double(wallClockMilliseconds()) / 1_000 - 0.001
    folder.addModel("models/m/1", card: #"{"trained_on": {"first_ms": 1000, "last_ms": 90500}}"#)
    folder.addModel("models/plain/1")
    let reloader = reloader(defaultName: "m")
    let publisher = try publisher(reloader)
    func value(_ what: String, _ model: String) -> Double? {
      metric("brigade_inference_model_\(what)_timestamp_seconds{model=\"\(model)\"}")
        .flatMap { Double($0) }
    }
    let loaded = try #require(value("loaded", "m"))
    #expect((before...Double(wallClockMilliseconds()) / 1_000).contains(loaded))
    #expect(value("trained", "m") == 90.5)
    #expect(value("trained", "plain")?.isNaN == true)
    #expect(publisher.store.tags.contains("time:trained m/1 90"))
    #expect(publisher.store.tags.contains { $0.hasPrefix("time:loaded plain/1 ") })
    folder.takeAway("models/plain/1")
    scan(reloader, publisher)
    #expect(value("loaded", "plain")?.isNaN == true && value("loaded", "m") == loaded)
  }

  @Test func `new versions come, removed ones go`() throws {
    folder.addModel("models/m/1")
    let reloader = reloader()
    let publisher = try publisher(reloader)
    #expect(try publisher.store.version("").reference == "m/1")
    folder.addModel("models/m/2")
    reloader.scan(publisher, rowsSchema: 0)
    #expect(try publisher.store.version("").reference == "m/1")
    reloader.scan(publisher, rowsSchema: 0)
    #expect(try publisher.store.version("").reference == "m/2")
    #expect(metric("brigade_inference_serving_version{model=\"m\"}") == "2")
    #expect(metric("brigade_inference_loaded_versions") == "2")
    folder.takeAway("models/m/2")
    reloader.scan(publisher, rowsSchema: 0)
    #expect(try publisher.store.version("").reference == "m/1")
    #expect(metric("brigade_inference_reloads_total") == "2")
    #expect(metric("brigade_inference_serving_version{model=\"m\"}") == "1")
    #expect(logged("msg=\"model dropped\" model=m/2") == 1)
  }

  @Test func `a bad version leaves the old one, is told once and raises the metric`() throws {
    folder.addModel("models/m/1")
    let reloader = reloader()
    let publisher = try publisher(reloader)
    #expect(refused(.file) == "0")
    folder.addModel("models/m/2", "tree\nversion=v9\n")
    folder.addModel(
      "models/m/3", card: #"{"warm_up_scores": [9]}"#,
      warmUp: "distance,cuisine,price=level\n1,1,1\n")
    for _ in 0..<3 { scan(reloader, publisher) }
    #expect(try publisher.store.version("").reference == "m/1")
    #expect(refused(.file) == "1")
    #expect(refused(.scores) == "1")
    #expect(metric("brigade_inference_load_failures_total") == "2")
    #expect(metric("brigade_inference_reloads_total") == "0")
    #expect(logged("msg=\"model left out\" model=m/2") == 1)
    #expect(logged("the card says 9.0") == 1)
    // Mended, it serves; removed, it is no reason to be alerted any more.
    folder.addModel("models/m/2")
    folder.takeAway("models/m/3")
    scan(reloader, publisher)
    #expect(try publisher.store.version("").reference == "m/2")
    #expect(refused(.file) == "0")
    #expect(refused(.scores) == "0")
  }

  @Test func `a folder that is emptied or away does not take the last models`() throws {
    folder.addModel("models/m/1")
    let reloader = reloader()
    let publisher = try publisher(reloader)
    folder.takeAway("models/m")
    scan(reloader, publisher)
    #expect(try publisher.store.version("").reference == "m/1")
    #expect(logged("msg=\"models kept\"") == 1)
    #expect(refused(.default) == "1")
    folder.takeAway("models")
    scan(reloader, publisher)
    #expect(try publisher.store.version("").reference == "m/1")
    #expect(refused(.file) == "1")
    #expect(logged("msg=\"models can't be listed\"") == 1)
    folder.addModel("models/m/2")
    scan(reloader, publisher)
    #expect(try publisher.store.version("").reference == "m/2")
    #expect(refused(.file) == "0")
    #expect(refused(.default) == "0")
  }

  @Test func `a second model does not take away the default one`() throws {
    folder.addModel("models/m/1")
    let reloader = reloader()
    let publisher = try publisher(reloader)
    folder.addModel("models/other/1")
    scan(reloader, publisher)
    #expect(try publisher.store.version("").reference == "m/1")
    #expect(refused(.default) == "1")
    #expect(logged("no model is the default; name one of m, other") == 1)
    folder.takeAway("models/other")
    scan(reloader, publisher)
    #expect(refused(.default) == "0")
  }

  @Test
  func `a version of another feature definition waits for its rows, with the difference told`()
    throws
  {
    folder.addModel("models/m/1", card: #"{"schema": "a"}"#)
    let reloader = reloader()
    let publisher = try publisher(reloader)
    let other = SampleModel.mixed(replacing: "cuisine", with: "kitchen")
    folder.addModel("models/m/2", other, card: #"{"schema": "b"}"#)
    scan(reloader, publisher, rowsSchema: 0xA)
    #expect(try publisher.store.version("", schema: 0xA).reference == "m/1")
    #expect(refused(.schema) == "1")
    #expect(metric("brigade_inference_serving_version{model=\"m\"}") == "1")
    #expect(
      logged(
        "column 2 is kitchen, not cuisine as in m/1; the rows are of a, it was trained on b") == 1)
    scan(reloader, publisher, rowsSchema: 0xB)
    #expect(refused(.schema) == "0")
    #expect(metric("brigade_inference_serving_version{model=\"m\"}") == "2")
    // Rows that no version knows are told of too.
    scan(reloader, publisher, rowsSchema: 0xC)
    #expect(refused(.schema) == "1")
    #expect(logged("no version is of the rows' feature definition") == 1)
  }

  @Test func `equal names that are defined otherwise are told as that`() throws {
    let store = ModelStore([
      try SampleVersion.load("m", "1", schema: 0xA), try SampleVersion.load("m", "2", schema: 0xB),
    ])
    let mismatches = ModelReloader.mismatches(store, rowsSchema: 0xA)
    #expect(mismatches.map(\.reference) == ["m/2"])
    #expect(
      mismatches.first?.detail.hasPrefix("features are named as in m/1 and defined otherwise")
        == true)
    #expect(ModelReloader.mismatches(store, rowsSchema: 0).isEmpty)
    #expect(ModelReloader.mismatches(store, rowsSchema: 0xB).isEmpty)
  }
}
