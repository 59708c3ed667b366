internal import Messages

/// Where each candidate stood, by its index; 1 is the first place.
struct CandidateRanks {
  let scored: [UInt32]
  let final: [UInt32]
  private let steps: [(rule: RuleName, before: [UInt32], after: [UInt32])]

  init(_ steps: PolicySteps) {
    scored = Self.ranks(steps.scored)
    final = Self.ranks(steps.final)
    self.steps = steps.steps.map { ($0.rule, Self.ranks($0.before), Self.ranks($0.after)) }
  }

  private static func ranks(_ order: [Int]) -> [UInt32] {
    var ranks = [UInt32](repeating: 0, count: order.count)
    for (place, candidate) in order.enumerated() { ranks[candidate] = UInt32(place + 1) }
    return ranks
  }

  func moves(of candidate: Int, shown: Int) -> [RuleMove] {
    steps.compactMap { step in
      let (from, to) = (step.before[candidate], step.after[candidate])
      guard from != to, min(from, to) <= shown else { return nil }
      var move = RuleMove()
      move.rule = step.rule.rawValue
      move.from = from
      move.to = to
      move.why = step.rule.why(isUp: to < from)
      return move
    }
  }
}
