/// How sums of leaf values are computed. All give the same bits at different cost.
package enum ScoringMethod: Hashable, Sendable {
  /// What costs least for the model, the rows and this processor.
  case quickest
  /// All rows of a block at once.
  case blocks(EngineKernel)
  /// Row after row.
  case each(EngineKernel)
  /// Node by node, without tables: all that linear leaves can be scored by.
  case walk
}
