internal import Messages

/// What is kept of a request's answers until it is explained; nil where a fallback stood in.
struct ExplanationNotes: Sendable {
  var retrieved: SearchResponse?
  var rows: AssembleResponse?
  var scored: ScoreResponse?
  /// The model's, before the policy adds to them.
  var plain: [Double]?
}
