/// What is replayed into groups of real candidates.
package struct CandidateSetOptions: Sendable {
  /// Around the visit's place; people travel.
  package var radiusKilometres = 50.0
  /// As many as the gateway has ranked.
  package var candidates = 200
  /// Of a group to learn from, drawn by chance; all of them learn little more, in more time.
  package var negativesMax = 100
  /// Groups begin here: before, there is too little state to look like a running service's.
  package var fromPercent = 20
  package var learnUntilPercent = 80
  /// The rest is not looked at.
  package var untilPercent = 90
  package var seed: UInt64 = 1

  package init() {}
}
