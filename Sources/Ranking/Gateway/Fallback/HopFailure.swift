internal import RPC

/// What kept a hop's own service from giving its result.
struct HopFailure: Sendable {
  /// A few words for all that can happen, as they are counted.
  enum Reason: Hashable, Sendable {
    /// The hop was not begun: too little of the request's time was left.
    case noTime
    /// Nobody could be asked.
    case notConnected
    /// Nobody that could be asked had what was asked for.
    case notLoaded
    /// An answer came, and could not be used.
    case badAnswer
    /// What the last attempt came to.
    case code(Code)

    var label: String {
      switch self {
      case .noTime: "no_time"
      case .notConnected: "not_connected"
      case .notLoaded: "not_loaded"
      case .badAnswer: "bad_answer"
      case .code(let code): code.name.lowercased()
      }
    }
  }

  /// Nil where the hop was not begun.
  let report: CallReport?
  /// For people.
  let why: String
  let reason: Reason

  static let noTime = HopFailure(report: nil, why: "no time left", reason: .noTime)

  /// - Parameter isAnybodyReady: whether there were replicas to ask.
  static func call(
    _ error: RPCError, _ report: CallReport, isAnybodyReady: Bool
  ) -> HopFailure {
    HopFailure(
      report: report, why: error.description,
      reason: reason(error.code, report, isAnybodyReady: isAnybodyReady))
  }

  static func badAnswer(_ why: String, _ report: CallReport) -> HopFailure {
    HopFailure(report: report, why: why, reason: .badAnswer)
  }

  private static func reason(
    _ code: Code, _ report: CallReport, isAnybodyReady: Bool
  ) -> Reason {
    if let last = report.last { return .code(last.code == .ok ? code : last.code) }
    // Its caller had left before anybody was asked.
    if code == .cancelled { return .code(code) }
    return isAnybodyReady ? .notLoaded : .notConnected
  }
}
