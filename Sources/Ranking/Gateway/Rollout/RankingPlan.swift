internal import RPC

/// What a request is ranked with: fixed when the request begins, so that a change on the way cannot
/// have one version's rows scored by another.
struct RankingPlan: Equatable, Sendable {
  /// As inference is asked for it: a version where it is known which one, else a name, or nothing.
  var model: String
  /// That inference must have loaded; nil where it is not known who has what.
  var modelTag: ServedTag?
  /// That the rows are of; nil where that is not known.
  var featuresTag: ServedTag?
  /// The fingerprint of that; 0 where it is not known.
  var schema: UInt64 = 0

  /// Without the version.
  var modelName: String { String(model.prefix { $0 != "/" }) }

  /// Whether rows of another feature definition have come than the model was trained on.
  func differs(from schema: UInt64) -> Bool {
    self.schema != 0 && schema != 0 && schema != self.schema
  }
}
