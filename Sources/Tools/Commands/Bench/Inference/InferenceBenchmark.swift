internal import Definitions
internal import Inference
internal import Storage

/// What a batch of rows costs to score on one thread, with each kernel that the processor has and
/// with LightGBM itself; and what several models cost as the heads of one version, together and one
/// after the other.
enum InferenceBenchmark: Benchmark {
  static let name = "inference"
  static let summary = "scoring with --model by each kernel, beside LightGBM's own library"

  static func run(
    _ effort: BenchmarkEffort, _ console: Console
  ) async throws(CommandFailure) -> [BenchmarkRow] {
    guard !effort.model.isEmpty else { throw .usage("inference needs --model FILE") }
    let paths = effort.model.split(separator: ",").map(String.init)
    let bytes = try read(paths[0])
    var loads: [Double] = []
    let model = try load(bytes, times: effort.rounds, &loads)
    var generator = SplitMix64(seed: 1)
    let inputs = ModelInputs(model)
    let batches = inputs.batches(rows: effort.rows, &generator)
    let singles = inputs.batches(rows: 1, &generator)

    var cells = EngineKernel.available.map {
      InferenceCell(.brigade(model, $0), loads: loads)
    }
    do throws(LightGBMLibrary.Absent) {
      let library = try LightGBMLibrary(model: bytes)
      cells.append(InferenceCell(.lightGBM(library, model), loads: [library.loadMilliseconds]))
    } catch {
      console.note("LightGBM itself is not measured: \(error)")
    }
    if paths.count > 1 { cells += try headCells(model, paths.dropFirst()) }
    for cell in cells { try cell.check(batches + singles) }
    for round in 1...effort.rounds {
      for cell in cells {
        console.progress("round \(round) of \(effort.rounds): \(cell.name)")
        try cell.measure(batches, singles, milliseconds: effort.milliseconds)
      }
    }
    return cells.map { $0.row(rows: effort.rows, model) }
  }

  private static func headCells(
    _ first: Model, _ paths: some Sequence<String>
  ) throws(CommandFailure) -> [InferenceCell] {
    var models = [first]
    for path in paths {
      var loads: [Double] = []
      let model = try load(try read(path), times: 0, &loads)
      guard model.columnCount == first.columnCount else {
        throw CommandFailure("\(path) takes \(model.columnCount) columns, not \(first.columnCount)")
      }
      models.append(model)
    }
    let heads = models.enumerated().map {
      LoadedVersion.Head(name: "\($0.offset)", model: $0.element)
    }
    let apart = LoadedVersion(name: "bench", version: "1", heads: heads, shares: false)
    return ["apart", "together"].map { how in
      let start = InferenceCell.nanoseconds()
      let version = LoadedVersion(
        name: "bench", version: "1", heads: heads, shares: how == "together")
      let milliseconds = Double(InferenceCell.nanoseconds() - start) / 1e6
      return InferenceCell(.heads(version, apart, how), loads: [milliseconds])
    }
  }

  private static func read(_ path: String) throws(CommandFailure) -> [UInt8] {
    do throws(DiskFile.Failure) {
      return try Brigade.readFile(path)
    } catch {
      throw CommandFailure("\(path): \(error)")
    }
  }

  private static func load(
    _ bytes: [UInt8], times: Int, _ milliseconds: inout [Double]
  ) throws(CommandFailure) -> Model {
    do throws(ModelError) {
      var model = try ModelParser.parse(bytes)
      for _ in 0..<times {
        let start = InferenceCell.nanoseconds()
        model = try ModelParser.parse(bytes)
        milliseconds.append(Double(InferenceCell.nanoseconds() - start) / 1e6)
      }
      return model
    } catch {
      throw CommandFailure("the model: \(error)")
    }
  }
}
