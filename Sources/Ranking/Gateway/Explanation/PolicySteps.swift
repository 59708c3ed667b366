/// How all candidates stood before and after each rule of the policy, by the same code that made the
/// list. Pure.
///
/// A rule moves items within the list or across its end; that those below it close up is not told.
struct PolicySteps: Equatable {
  /// One rule and what it did.
  struct Step: Equatable {
    let rule: RuleName
    let isFired: Bool
    let what: String
    /// Indexes of candidates, best first, before the rule and after it.
    let before: [Int]
    let after: [Int]
  }

  let steps: [Step]
  /// The list's length.
  let shown: Int
  /// By the scorer alone.
  var scored: [Int] { steps[0].before }
  /// At the end: first the list, then what is below it.
  var final: [Int] { steps[steps.count - 1].after }

  /// - Parameters:
  ///   - plain: the scorer's own scores.
  ///   - scores: with what the policy added to them.
  ///   - list: as it was answered.
  init(
    _ policy: Policy, _ candidates: [Candidate], plain: [Double], scores: [Double],
    count: Int, list: [Policy.Ranked]
  ) {
    let scored = Policy.order(plain)
    let favoured = Policy.order(scores)
    let pool = policy.pool(favoured, scores: scores, count: count)
    let varied = Self.whole(policy.vary(pool, candidates, count: count), favoured)
    let explored = Self.whole(list, varied)
    let gifts = zip(plain, scores).count { $0.bitPattern != $1.bitPattern }
    steps = [
      Step(
        rule: .discoveryBonus, isFired: gifts > 0, what: Self.bonus(policy, gifts),
        before: scored, after: favoured),
      Self.run(policy, before: favoured, after: varied),
      Self.exploration(policy, list, before: varied, after: explored),
      Step(
        rule: .cut, isFired: candidates.count > list.count,
        what: "\(list.count) of \(candidates.count) are shown", before: explored,
        after: explored),
    ]
    shown = list.count
  }

  private static func bonus(_ policy: Policy, _ gifts: Int) -> String {
    if policy.discoveryBonus == 0 { return "no bonus is set" }
    return gifts == 0
      ? "there was nothing to add it to"
      : "\(policy.discoveryBonus) added to the score of \(gifts) that the user never ordered"
  }

  private static func run(_ policy: Policy, before: [Int], after: [Int]) -> Step {
    let isFired = before != after
    return Step(
      rule: .categoryRun, isFired: isFired,
      what: "at most \(policy.categoryRunMax) of one category in a row"
        + (isFired ? "" : ", and there were no more"),
      before: before, after: after)
  }

  private static func exploration(
    _ policy: Policy, _ list: [Policy.Ranked], before: [Int], after: [Int]
  ) -> Step {
    let place = list.firstIndex { $0.explored }
    let what =
      place.map { "place \($0 + 1) was given by chance" }
      ?? "chance, at a rate of \(policy.explorationRate), gave no place away"
    return Step(
      rule: .exploration, isFired: place != nil, what: what, before: before, after: after)
  }

  /// The list, and below it all else as it stood.
  private static func whole(_ list: [Policy.Ranked], _ before: [Int]) -> [Int] {
    let listed = Set(list.map(\.candidate))
    return list.map(\.candidate) + before.filter { !listed.contains($0) }
  }
}
