import Testing

@testable import Commands

/// All tests with processes, one after the other: each has the whole machine, as its figures need.
@Suite(.serialized) struct RealProcesses {
  /// Whose loss the gateway covers.
  static let covered: [ServiceKind] = [.retrieval, .features, .inference]
}
