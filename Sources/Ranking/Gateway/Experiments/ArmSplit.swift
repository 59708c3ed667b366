/// Whether an arm had its part of its experiment's requests, by the rule of the alert
/// BrigadeExperimentUneven. Pure.
///
/// Chance alone would be a narrower bound if requests were what is given an arm. Users are, and one
/// of them asks hundreds of times: a test that takes requests for independent would call nearly every
/// experiment uneven.
enum ArmSplit: String, Sendable {
  /// Too few to tell.
  case few
  case even
  case uneven

  /// Requests that the arm should have had, of which a tenth is no chance.
  static let expectedLeast = 10_000.0
  /// More than it, beside 1, is uneven.
  static let deviationMax = 0.1

  /// - Parameters:
  ///   - sum: requests of all arms.
  ///   - share: that the arm should have of them.
  init(requests: Int, of sum: Int, share: Double) {
    let expected = share * Double(sum)
    guard expected > Self.expectedLeast else {
      self = .few
      return
    }
    self = abs(Double(requests) / expected - 1) > Self.deviationMax ? .uneven : .even
  }
}
