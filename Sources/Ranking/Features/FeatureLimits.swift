/// What one executor keeps and answers at most.
package struct FeatureLimits: Equatable, Sendable {
  /// 1 M users is what one machine is built for; twice that leaves room. A user beyond it is served as one
  /// without events, and the user's events count for the items only (`refusedUserEvents`).
  package var usersMax: Int

  /// Items that one user's pairs are kept of: a busy person has some hundred, a crawler all. Beyond
  /// it an eighth is given up at once, pairs without orders first and then the longest untouched
  /// (`forgottenPairs`); the user's and the item's own numbers stay.
  package var pairsPerUserMax: Int

  /// Places that one user's orders are kept of: home, work and the friends of a year. Beyond it an
  /// eighth is given up at once, the longest untouched first.
  package var placesPerUserMax: Int

  /// Places of all users together that are kept, and pairs of a place and an item; about 200 bytes each.
  /// Beyond it, events from new ones count for their users and items only (`refusedPlaceEvents`).
  package var placesMax: Int

  /// Items that a user's haunts are made of, the most often ordered ones: it bounds the work of a row.
  package var hauntsMax: Int

  /// Rows of one matrix; candidates are a few hundred.
  package var rowsMax: Int

  package init(
    usersMax: Int = 2_000_000, pairsPerUserMax: Int = 1_024, placesPerUserMax: Int = 256,
    placesMax: Int = 1_000_000, hauntsMax: Int = 48, rowsMax: Int = 10_000
  ) {
    precondition((1...1 << Int(FeatureSubject.userBits)).contains(usersMax), "usersMax \(usersMax)")
    precondition(pairsPerUserMax > 0, "pairsPerUserMax \(pairsPerUserMax)")
    precondition(placesPerUserMax > 0, "placesPerUserMax \(placesPerUserMax)")
    precondition(placesMax > 0, "placesMax \(placesMax)")
    precondition(hauntsMax > 0, "hauntsMax \(hauntsMax)")
    precondition(rowsMax > 0, "rowsMax \(rowsMax)")
    self.usersMax = usersMax
    self.pairsPerUserMax = pairsPerUserMax
    self.placesPerUserMax = placesPerUserMax
    self.placesMax = placesMax
    self.hauntsMax = hauntsMax
    self.rowsMax = rowsMax
  }
}
