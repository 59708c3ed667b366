internal import CTrees

/// Scores rows with a model's trees, bit for bit as walking them one by one would, in the order of
/// the trees. Immutable but for its working memory, so any number of threads may share it.
final class TreeEngine: @unchecked Sendable {
  /// A model with more distinct conditions would need more than 64 MiB to work in for each thread.
  static let conditionsMax = 2 << 20

  /// Bytes of its tables, without what its callers work in.
  var byteCount: Int { memory.byteCount }
  /// Of each thread that scores.
  let scratchByteCount: Int
  let scoresBlocks: Bool
  let scoresEach: Bool

  private let memory = EngineMemory()
  private let scratch: ScratchPool
  private var model = trees_model()

  /// Nil where the trees have to be walked: leaves that are linear functions, or too many
  /// conditions.
  /// - Parameter heads: the score that each tree adds to.
  init?(
    _ trees: [Tree], heads: [Int], columns: Int, headCount: Int, _ rules: ValueRules
  ) {
    guard trees.allSatisfy({ $0.linear == nil }) else { return nil }
    let conditions = ConditionTable(trees, columns: columns, rules)
    guard conditions.count <= Self.conditionsMax else { return nil }
    scoresBlocks = BlockLayout.fits(trees)
    scoresEach =
      conditions.categories.hasCodes
      && WalkLayout.fits(nodeCount: conditions.ofNodes.count, treeCount: trees.count)
    guard scoresBlocks || scoresEach else { return nil }

    model.columns = UInt32(columns)
    model.heads = UInt32(headCount)
    model.zero_max = Float(rules.zeroMax)
    model.code_above = Float(rules.codeAbove)
    Self.fill(&model, conditions, memory)
    if scoresBlocks {
      let layout = BlockLayout(trees, conditions: conditions.ofNodes)
      Self.fill(&model, layout, memory)
    }
    model.tree_count = UInt32(trees.count)
    model.tree_heads = memory.keep(heads.map { UInt32($0) })
    if scoresEach {
      let layout = WalkLayout(trees, conditions: conditions.ofNodes, never: conditions.count)
      Self.fill(&model, layout, memory)
    }
    scratchByteCount = trees_scratch_bytes(&model)
    scratch = ScratchPool(byteCount: scratchByteCount)
  }

  private static func fill(
    _ model: inout trees_model, _ table: ConditionTable, _ memory: EngineMemory
  ) {
    model.condition_count = UInt32(table.count)
    model.numeric_count = UInt32(table.numeric.count)
    model.numeric = memory.keep(table.numeric)
    model.search = memory.keep(table.search.values, padding: trees_padding)
    model.exact_thresholds = memory.keep(table.exactThresholds)
    model.categories_count = UInt32(table.categories.groups.count)
    model.categories = memory.keep(table.categories.groups)
    model.pages = memory.keep(table.categories.pages)
    model.page_sets = memory.keep(table.categories.pageSets)
    model.page_conditions = memory.keep(table.categories.pageConditions)
    model.codes = memory.keep(table.categories.codes)
    model.code_sets = memory.keep(table.categories.codeSets)
    model.code_starts = memory.keep(table.categories.codeStarts)
  }

  private static func fill(
    _ model: inout trees_model, _ layout: BlockLayout, _ memory: EngineMemory
  ) {
    model.trees = memory.keep(layout.trees)
    model.mask_count = UInt32(layout.maskCount)
    model.nodes = memory.keep(layout.nodes)
    model.plane_starts = memory.keep(layout.planeStarts)
    model.plane_masks = memory.keep(layout.planeMasks)
    model.leaf_values = memory.keep(layout.leafValues, padding: trees_padding)
  }

  private static func fill(
    _ model: inout trees_model, _ layout: WalkLayout, _ memory: EngineMemory
  ) {
    model.walk_nodes = memory.keep(layout.nodes)
    model.walk_roots = memory.keep(layout.roots)
    model.walk_values = memory.keep(layout.values)
  }

  /// What this model allows on this processor.
  var methods: [ScoringMethod] {
    EngineKernel.available.flatMap { kernel in
      (scoresBlocks ? [.blocks(kernel)] : []) + (scoresEach ? [.each(kernel)] : [])
    }
  }

  /// Writes the sums of all rows and heads, row-major. False where the method is not among the
  /// model's: then nothing is written.
  func score(
    _ rows: RowMatrix, by method: ScoringMethod, into scores: inout [Double]
  ) -> Bool {
    switch method {
    case .quickest: return score(rows, by: quickest(rowCount: rows.count, .best), into: &scores)
    case .blocks(let kernel) where scoresBlocks && kernel.isAvailable:
      run(rows, &scores) { trees_score_blocks(kernel.code, $0, $1, $2, $3) }
    case .each(let kernel) where scoresEach && kernel.isAvailable:
      run(rows, &scores) { trees_score_each(kernel.code, $0, $1, $2, $3) }
    default: return false
    }
    return true
  }

  func quickest(rowCount: Int, _ kernel: EngineKernel) -> ScoringMethod {
    let isEach = scoresEach && (!scoresBlocks || rowCount <= kernel.fewRows)
    return isEach ? .each(kernel) : .blocks(kernel)
  }

  private func run(
    _ rows: RowMatrix, _ scores: inout [Double],
    _ body: (
      UnsafePointer<trees_model>, UnsafePointer<trees_rows>, UnsafeMutablePointer<Double>,
      UnsafeMutableRawPointer
    ) -> Void
  ) {
    scores.withUnsafeMutableBufferPointer { scores in
      guard let scores = scores.baseAddress else { return }
      rows.withRows { rows in
        scratch.withScratch { scratch in
          withUnsafePointer(to: model) { body($0, rows, scores, scratch) }
        }
      }
    }
  }
}
