internal import Glibc

/// Ranks by what candidates carry, when features or inference can't: a weighted sum that needs no
/// other process.
///
///     score = popularity · ln(1 + orders) − distance · km + rating · stars + history · ln(1 + own orders)
struct LightModel: Equatable, Sendable {
  /// What an unknown rating is taken for, in stars.
  static let unknownRating = 3.5

  var popularity = 0.4
  var distance = 0.35
  var rating = 0.5
  var history = 1.5

  /// - Parameter ownOrders: the user's own orders by item key; empty when they are not known.
  func scores(_ candidates: [Candidate], ownOrders: [UInt64: UInt32]) -> [Double] {
    candidates.map { candidate in
      let stars = candidate.rating >= 0 ? candidate.rating : Self.unknownRating
      let own = ownOrders[candidate.key] ?? 0
      return popularity * log1p(candidate.popularity)
        - distance * candidate.distanceKilometres
        + rating * stars
        + history * log1p(Double(own))
    }
  }
}
