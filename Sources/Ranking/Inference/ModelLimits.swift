/// What a model file may ask for. A file past a limit is refused with the limit's name; none of
/// them is reached by models that people train, all of them bound memory and load time.
package struct ModelLimits: Sendable {
  /// Bytes of a model file, which is read whole. 1,000 trees of 255 leaves are 27 MB.
  package var fileBytes = 512 << 20
  /// Trees in a model: 100,000 small trees already take longer to score than any request has.
  package var trees = 100_000
  /// Leaves of a tree: LightGBM's own upper bound for `num_leaves`.
  package var leaves = 131_072
  /// Columns of a row: 200 rows of more would not fit a 16 MiB frame with room to spare.
  package var features = 65_536
  /// Scores a row (classes of a multiclass model).
  package var heads = 1_024
  /// Lines of one section; LightGBM writes about twenty a tree.
  package var sectionLines = 256

  package init() {}
}
