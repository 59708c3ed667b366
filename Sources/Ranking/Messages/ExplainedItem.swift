package import CMessages
package import RPC

package struct ExplainedItem: Message {
  package var id: String = ""
  package var name: String = ""
  package var fate: Fate = .notTold
  /// In words, of what is not in the list.
  package var why: String = ""
  /// That proposed it, as in `SearchResponse`.
  package var sources: UInt32 = 0
  /// 1 is the first candidate; 0: it is none.
  package var retrievedRank: UInt32 = 0
  /// Of the first stage.
  package var retrievedScore: Double = 0
  /// By column; NaN is missing.
  package var features: [Float] = []
  /// By head.
  package var scores: [Double] = []
  /// By the first score alone, before any rule.
  package var scoredRank: UInt32 = 0
  /// That it was ordered by.
  package var score: Double = 0
  /// In the list; 0: it is not shown.
  package var position: UInt32 = 0
  /// In the order of the rules.
  package var moves: [RuleMove] = []
  package var distanceKilometres: Double = 0

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__ExplainedItem>?) -> Void {
    brigade__v1__explained_item__init
  }

  package init(_ c: Brigade__V1__ExplainedItem) {
    id = String(c.id)
    name = String(c.name)
    fate = Fate(c.fate)
    why = String(c.why)
    sources = c.sources
    retrievedRank = c.retrieved_rank
    retrievedScore = c.retrieved_score
    features = Array(c.features, c.n_features)
    scores = Array(c.scores, c.n_scores)
    scoredRank = c.scored_rank
    score = c.score
    position = c.position
    moves = Array(c.moves, c.n_moves)
    distanceKilometres = c.distance_km
  }

  package func write(to c: inout Brigade__V1__ExplainedItem, in arena: Arena) {
    c.id = arena.string(id)
    c.name = arena.string(name)
    c.fate = fate.c
    c.why = arena.string(why)
    c.sources = sources
    c.retrieved_rank = retrievedRank
    c.retrieved_score = retrievedScore
    (c.features, c.n_features) = (arena.array(features), features.count)
    (c.scores, c.n_scores) = (arena.array(scores), scores.count)
    c.scored_rank = scoredRank
    c.score = score
    c.position = position
    (c.moves, c.n_moves) = (arena.messages(moves), moves.count)
    c.distance_km = distanceKilometres
  }
}

/// What one rule did to an item's place.
package struct RuleMove: Message {
  package var rule: String = ""
  /// 1 is the first of all candidates.
  package var from: UInt32 = 0
  package var to: UInt32 = 0
  package var why: String = ""

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__RuleMove>?) -> Void {
    brigade__v1__rule_move__init
  }

  package init(_ c: Brigade__V1__RuleMove) {
    rule = String(c.rule)
    from = c.from
    to = c.to
    why = String(c.why)
  }

  package func write(to c: inout Brigade__V1__RuleMove, in arena: Arena) {
    c.rule = arena.string(rule)
    c.from = from
    c.to = to
    c.why = arena.string(why)
  }
}
