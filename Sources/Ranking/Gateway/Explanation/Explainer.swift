internal import Messages

/// Puts together what is known of how a list came about. Pure; only called where somebody asks.
struct Explainer {
  /// Items told of when the question names neither a number nor items.
  static let itemsDefault = 20

  let notes: ExplanationNotes
  let question: RankQuestion
  let policy: Policy

  /// - Parameters:
  ///   - scores: that the list was ordered by.
  ///   - response: as far as it was made.
  func explanation(
    _ candidates: [Candidate], scores: [Double], _ list: [Policy.Ranked],
    _ response: RankResponse
  ) -> Explanation {
    let plain = notes.plain ?? scores
    let steps = PolicySteps(
      policy, candidates, plain: plain, scores: scores, count: question.count, list: list)
    var explanation = Explanation()
    explanation.scorer = response.model.isEmpty ? standIn(response) : response.model
    explanation.features = notes.rows?.names ?? []
    explanation.heads = heads
    explanation.matched = notes.retrieved?.matched ?? 0
    explanation.rules = steps.steps.map { step in
      var rule = Rule()
      rule.name = step.rule.rawValue
      rule.fired = step.isFired
      rule.what = step.what
      return rule
    }
    let named = Set(question.explain?.itemIDs ?? [])
    let told = steps.final.enumerated().filter { place, candidate in
      place < wanted || named.contains(candidates[candidate].id)
    }
    let ranks = CandidateRanks(steps)
    explanation.items = told.map { item(candidates[$1], $1, scores[$1], ranks, steps) }
    explanation.items += missing(among: candidates, response)
    return explanation
  }

  private var wanted: Int {
    guard let explain = question.explain else { return 0 }
    if explain.candidates > 0 { return Int(explain.candidates) }
    return explain.itemIDs.isEmpty ? Self.itemsDefault : 0
  }

  private var heads: [String] {
    guard let scored = notes.scored else { return [] }
    let count = Int(scored.heads)
    if scored.headNames.count == count { return scored.headNames }
    return count == 1 ? ["score"] : (1...count).map { "score \($0)" }
  }

  private func standIn(_ response: RankResponse) -> String {
    switch response.hops.last(where: { $0.rung == .lightModel || $0.rung == .retrievalOrder })?.rung
    {
    case .lightModel: "light model"
    case .retrievalOrder: "retrieval order"
    default: ""
    }
  }

  // MARK: Items

  private func item(
    _ candidate: Candidate, _ index: Int, _ score: Double, _ ranks: CandidateRanks,
    _ steps: PolicySteps
  ) -> ExplainedItem {
    var item = ExplainedItem()
    item.id = candidate.id
    item.name = candidate.name
    item.sources = candidate.sources
    item.distanceKilometres = candidate.distanceKilometres
    item.retrievedRank = UInt32(index + 1)
    if let scores = notes.retrieved?.scores, scores.indices.contains(index) {
      item.retrievedScore = Double(scores[index])
    }
    item.features = row(index, of: notes.rows?.matrix ?? [], columns: notes.rows?.columns ?? 0)
    item.scores = row(index, of: notes.scored?.scores ?? [], columns: notes.scored?.heads ?? 0)
    item.score = score
    item.scoredRank = ranks.scored[index]
    item.moves = ranks.moves(of: index, shown: steps.shown)
    let place = ranks.final[index]
    if place <= steps.shown {
      item.position = place
      item.fate = .shown
    } else if item.scoredRank <= steps.shown {
      item.fate = .ruledOut
      item.why = item.moves.last.map { "\($0.rule): \($0.why)" } ?? ""
    } else {
      item.fate = .rankedBelow
      item.why = "no. \(place), and \(steps.shown) are shown"
    }
    return item
  }

  private func row<Value>(_ index: Int, of matrix: [Value], columns: UInt32) -> [Value] {
    let columns = Int(columns)
    let start = index * columns
    return start + columns <= matrix.count ? Array(matrix[start..<start + columns]) : []
  }

  /// Those asked for by name that are no candidates.
  private func missing(
    among candidates: [Candidate], _ response: RankResponse
  ) -> [ExplainedItem] {
    let found = Set(candidates.map(\.id))
    return (question.explain?.itemIDs ?? []).filter { !found.contains($0) }.map { id in
      var item = ExplainedItem()
      item.id = id
      if let fate = notes.retrieved?.fates.first(where: { $0.id == id }) {
        item.name = fate.name
        item.fate = fate.fate
        item.why = fate.why
        item.distanceKilometres = fate.distanceKilometres
        item.retrievedScore = fate.score
      } else {
        item.why = untold(response)
      }
      return item
    }
  }

  private func untold(_ response: RankResponse) -> String {
    guard notes.retrieved == nil else { return "the retrieval replica can't tell: it is older" }
    let hop = response.hops.first { HopKind(method: $0.method) == .retrieval }
    let rung = hop?.rung == .lastGood ? "the last good ones of this place" : "the popular list"
    return "candidates are \(rung): \(hop?.why ?? "")"
  }
}
