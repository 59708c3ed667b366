/// What the cluster learns of the test period.
enum EvaluationMode: String, CaseIterable, Sendable {
  /// Each visit, once it has been ranked.
  case live
  /// Nothing, as in published tables.
  case frozen

  var title: String {
    switch self {
    case .live: "live (each visit is appended after it was ranked)"
    case .frozen: "frozen (nothing is learned from the test period)"
    }
  }
}

/// `--mode`.
enum EvaluationModes: String, CaseIterable, Sendable {
  case live
  case frozen
  case both

  var modes: [EvaluationMode] {
    switch self {
    case .live: [.live]
    case .frozen: [.frozen]
    case .both: [.frozen, .live]
    }
  }
}
