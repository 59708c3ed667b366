internal import Definitions
internal import Messages

/// What the ranked visits of one run come to.
struct EvaluationTally {
  /// Of a ranking, over all visits and over the first visits of a user to an item.
  struct Pair: Equatable {
    var all = RankMetrics()
    var first = RankMetrics()

    mutating func add(_ outcome: RankOutcome, isFirst: Bool) {
      all.add(outcome)
      if isFirst { first.add(outcome) }
    }
  }

  struct Source: Equatable {
    /// Visits whose item it proposed.
    var found = 0
    /// Of these, no other source did.
    var alone = 0
    var foundFirst = 0
    /// Candidates that it proposed, over all visits.
    var candidates = 0
  }

  private let catalogue: Catalogue
  private var generator: SplitMix64
  private(set) var served = Pair()
  private(set) var heuristics: [Heuristic: Pair] = [:]
  /// By bit.
  private(set) var sources: [Int: Source] = [:]
  private(set) var degraded = 0
  private(set) var candidates = 0
  private var rowsInCut: Set<Int> = []

  /// The seed decides between equal scores of the heuristics.
  init(_ catalogue: Catalogue, seed: UInt64) {
    self.catalogue = catalogue
    generator = SplitMix64(seed: seed)
  }

  /// Share of the catalogue that stands in the first ten places of some visit's list.
  var coverage: Double {
    catalogue.items.isEmpty ? .nan : Double(rowsInCut.count) / Double(catalogue.items.count)
  }

  /// `known` is what the heuristics know at this moment.
  mutating func add(_ visit: RankedVisit, _ known: VisitHeuristics) {
    served.add(
      RankOutcome(served: visit.items.map(\.score), taken: visit.taken), isFirst: visit.isFirst)
    let rows = visit.items.map(\.row)
    for heuristic in Heuristic.allCases {
      let scores = known.scores(
        heuristic, of: rows, userID: visit.event.userID, place: visit.place,
        now: visit.event.timeMilliseconds)
      let outcome = RankOutcome(scores: scores, taken: visit.taken, using: &generator)
      heuristics[heuristic, default: Pair()].add(outcome, isFirst: visit.isFirst)
    }
    rowsInCut.formUnion(rows.prefix(RankMetrics.cut).compactMap { $0 })
    candidates += rows.count
    if visit.isDegraded { degraded += 1 }
    addSources(visit)
  }

  private mutating func addSources(_ visit: RankedVisit) {
    for item in visit.items {
      for bit in Self.bits(item.sources) { sources[bit, default: Source()].candidates += 1 }
    }
    guard let taken = visit.taken else { return }
    let bits = Self.bits(visit.items[taken].sources)
    for bit in bits {
      sources[bit]?.found += 1
      if visit.isFirst { sources[bit]?.foundFirst += 1 }
      if bits.count == 1 { sources[bit]?.alone += 1 }
    }
  }

  private static func bits(_ sources: UInt32) -> [Int] {
    (0..<32).filter { sources & 1 << UInt32($0) != 0 }
  }
}
