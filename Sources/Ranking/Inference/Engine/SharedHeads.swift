/// Several models that score the same rows, as one set of trees: the rows' columns are put side by
/// side once, and a condition that stands in several models is answered once. Each model's sums are
/// made in the order of its own trees, so they are bit for bit what it gives alone.
struct SharedHeads: Sendable {
  private let engine: TreeEngine
  private let kernel: EngineKernel
  private let models: [Model]
  private let headCount: Int

  /// Nil where there is nothing to share: one model, models that read values differently, or some
  /// that have to be walked.
  init?(_ models: [Model], kernel: EngineKernel) {
    guard models.count > 1, let first = models.first,
      models.allSatisfy({ $0.rules == first.rules && $0.columnCount == first.columnCount }),
      models.allSatisfy(\.hasEngine)
    else { return nil }
    var heads: [Int] = []
    var before = 0
    for model in models {
      heads += model.heads.map { before + $0 }
      before += model.headCount
    }
    headCount = before
    guard
      let engine = TreeEngine(
        models.flatMap(\.trees), heads: heads, columns: first.columnCount, headCount: before,
        first.rules)
    else { return nil }
    self.engine = engine
    self.kernel = kernel
    self.models = models
  }

  /// Without the working memory of threads.
  var byteCount: Int { engine.byteCount }

  /// What the objectives predict, row-major, rows × heads of all models.
  func scores(of rows: RowMatrix) -> [Double] {
    var sums = [Double](repeating: 0, count: rows.count * headCount)
    let rows = rows.narrowed(models[0].rules)
    let method = engine.quickest(rowCount: rows.count, kernel)
    guard engine.score(rows, by: method, into: &sums) else {
      preconditionFailure("an engine that cannot do what it says is quickest")
    }
    var offset = 0
    for model in models {
      let width = model.headCount
      var own = [Double](unsafeUninitializedCapacity: rows.count * width) { own, count in
        for row in 0..<rows.count {
          for head in 0..<width { own[row * width + head] = sums[row * headCount + offset + head] }
        }
        count = rows.count * width
      }
      model.predict(from: &own)
      for row in 0..<rows.count {
        for head in 0..<width { sums[row * headCount + offset + head] = own[row * width + head] }
      }
      offset += width
    }
    return sums
  }
}
