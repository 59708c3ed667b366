package import Definitions

/// What is replayed into groups of real candidates.
package struct CandidateSetOptions: Sendable {
  /// Around the visit's place; people travel.
  package var radiusKilometres = 50.0
  /// As many as the gateway has ranked.
  package var candidates = 200
  /// Of a group to learn from, drawn by chance, besides the user's own; all of them teach little more,
  /// in more time.
  package var negativesMax = 100
  /// Groups begin here: before, there is too little state to look like a running service's.
  package var fromPercent = 20
  package var learnUntilPercent = 80
  /// The rest is not looked at.
  package var untilPercent = 90
  /// Of the definition's sources, not asked for candidates; `place`, which fills what the others
  /// leave, cannot be among them.
  package var withoutSources: Set<CandidateSources.Name> = []
  package var seed: UInt64 = 1

  package init() {}

  /// The sources of a definition file without those that are left out.
  func sources(parsing definition: [UInt8], file: String) throws(DataError) -> CandidateSources {
    var sources = try CandidateSources(parsing: definition, file: file)
    sources.list.removeAll { withoutSources.contains($0.name) }
    return sources
  }
}
