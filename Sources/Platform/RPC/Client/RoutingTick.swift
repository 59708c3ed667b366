/// What a replica set tells of itself a few times a second.
package struct RoutingTick: Sendable {
  /// Since the last time.
  package let counts: RoutingCounts
  /// Replicas that are taken out now.
  package let ejected: Int
  package let ready: Int
  package let known: Int
}
