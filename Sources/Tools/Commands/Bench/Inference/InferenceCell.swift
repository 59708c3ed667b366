internal import Glibc
internal import Inference

/// One way to score a model, measured in several rounds.
final class InferenceCell {
  enum Scorer {
    case brigade(Model, EngineKernel)
    case lightGBM(LightGBMLibrary, Model)
    /// Several models; the second has them scored one after the other, for comparison.
    case heads(LoadedVersion, LoadedVersion, String)
  }

  private let scorer: Scorer
  private let loads: [Double]
  private var batchMedians: [Double] = []
  private var batchPercentiles: [Double] = []
  private var rowMedians: [Double] = []

  init(_ scorer: Scorer, loads: [Double]) {
    self.scorer = scorer
    self.loads = loads
  }

  var name: String {
    switch scorer {
    case .brigade(_, let kernel): kernel.rawValue
    case .lightGBM: "lightgbm"
    case .heads(let version, _, let how):
      "\(EngineKernel.best.rawValue), \(version.heads.count) heads \(how)"
    }
  }

  /// Every batch must get the scores that walking the trees gives: a wrong answer has no speed.
  func check(_ batches: [[Float]]) throws(CommandFailure) {
    for batch in batches {
      let expected: [Double]
      let scores = try score(batch)
      switch scorer {
      case .brigade(let model, _), .lightGBM(_, let model):
        expected = try Self.score(batch, model, .walk)
      case .heads(_, let apart, _): expected = try Self.score(batch, apart)
      }
      guard scores.elementsEqual(expected, by: { $0.bitPattern == $1.bitPattern }) else {
        throw CommandFailure("\(name) gives other scores than walking the trees does")
      }
    }
  }

  func measure(
    _ batches: [[Float]], _ singles: [[Float]], milliseconds: Int
  ) throws(CommandFailure) {
    let times = try times(of: batches, milliseconds)
    batchMedians.append(Self.percentile(times, 0.5))
    batchPercentiles.append(Self.percentile(times, 0.99))
    rowMedians.append(Self.percentile(try self.times(of: singles, milliseconds), 0.5))
  }

  /// Microseconds of each call, all batches in turn, after a tenth of the time to warm up.
  private func times(of batches: [[Float]], _ milliseconds: Int) throws(CommandFailure) -> [Double]
  {
    var times: [Double] = []
    var next = 0
    let start = Self.nanoseconds()
    let (warm, end) = (
      start + Int64(milliseconds) * 100_000, Int64(milliseconds) * 1_100_000 + start
    )
    while true {
      let before = Self.nanoseconds()
      _ = try score(batches[next])
      let after = Self.nanoseconds()
      if before >= warm || after >= end { times.append(Double(after - before) / 1_000) }
      guard after < end else { return times }
      next = (next + 1) % batches.count
    }
  }

  private func score(_ batch: [Float]) throws(CommandFailure) -> [Double] {
    switch scorer {
    case .brigade(let model, let kernel):
      let rows = batch.count / model.columnCount
      return try Self.score(batch, model, model.method(rows: rows, kernel))
    case .lightGBM(let library, let model):
      return try library.rawScores(batch, columns: model.columnCount, heads: model.headCount)
    case .heads(let version, _, _): return try Self.score(batch, version)
    }
  }

  private static func score(
    _ batch: [Float], _ version: LoadedVersion
  ) throws(CommandFailure) -> [Double] {
    do throws(ScoringError) {
      return try version.score(matrix: batch, columns: version.columnCount)
    } catch {
      throw CommandFailure("\(error)")
    }
  }

  private static func score(
    _ batch: [Float], _ model: Model, _ method: ScoringMethod
  ) throws(CommandFailure) -> [Double] {
    do throws(ScoringError) {
      let rows = try RowMatrix(batch, columns: model.columnCount)
      return try model.rawScores(of: rows, by: method)
    } catch {
      throw CommandFailure("\(error)")
    }
  }

  /// Of a batch, the median over rounds of medians.
  var batchMicroseconds: Double { Self.percentile(batchMedians, 0.5) }

  func row(rows: Int, _ model: Model) -> BenchmarkRow {
    var row = BenchmarkRow()
    let trees =
      if case .heads(let version, _, _) = scorer { version.heads.map(\.model) } else { [model] }
    row.add("kernel", .text(name))
    row.add("rows", .count(rows))
    row.add("features", .count(model.columnCount))
    row.add("trees", .count(trees.map(\.treeCount).reduce(0, +)))
    row.add("leaves", .count(trees.map(\.leafCount).reduce(0, +)))
    row.add("load_ms", .number(Self.percentile(loads, 0.5), decimals: 1))
    row.add("batch_us_p50", .number(Self.percentile(batchMedians, 0.5), decimals: 1))
    row.add("batch_us_p99", .number(Self.percentile(batchPercentiles, 0.5), decimals: 1))
    row.add("row_us_p50", .number(Self.percentile(rowMedians, 0.5), decimals: 2))
    return row
  }

  /// 0 of no values.
  static func percentile(_ values: [Double], _ share: Double) -> Double {
    guard !values.isEmpty else { return 0 }
    let sorted = values.sorted()
    return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
  }

  static func nanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
