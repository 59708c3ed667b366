/// What an order is compared with when the log does not say what was shown.
enum NegativeSource: String, CaseIterable, Sendable {
  /// A draw of near, popular and own items.
  case sampled
  /// The candidates that retrieval finds for it.
  case retrieval
}
