/// What an executor could not take as it came, since it was made.
package struct FeatureCounters: Equatable, Sendable {
  /// Of a kind this version does not know, or of an impossible time: without effect.
  package var refusedEvents: UInt64 = 0
  /// Counted for the item only, because there are `usersMax` users already.
  package var refusedUserEvents: UInt64 = 0
  /// Counted for the user only, because the catalogue has no such item.
  package var unknownItemEvents: UInt64 = 0
  /// Not counted for their place, because there are `placesMax` places already.
  package var refusedPlaceEvents: UInt64 = 0
  /// Pairs of a user and an item that were given up for others.
  package var forgottenPairs: UInt64 = 0

  package init() {}
}
