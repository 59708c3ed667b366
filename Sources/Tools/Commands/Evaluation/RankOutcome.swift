/// Where a ranking put the one item of its candidates that was taken.
struct RankOutcome: Equatable, Sendable {
  /// From 1; nil where the item is not among the candidates.
  let rank: Int?
  /// Share of the others that score less, an equal score counting half; nil where there are no
  /// others or the item is missing.
  let auc: Double?

  static let missed = RankOutcome(rank: nil, auc: nil)

  /// A list as it was served: its order is what the user sees, whatever equal scores it has.
  init(served scores: [Double], taken: Int?) {
    guard let taken else {
      self = .missed
      return
    }
    rank = taken + 1
    auc = Self.auc(scores, taken)
  }

  /// Scores without an order: equal ones stand as chance has it, since any fixed order would bring in
  /// what another ranking thought of them. A NaN is below everything.
  init(scores: [Double], taken: Int?, using generator: inout some RandomNumberGenerator) {
    guard let taken else {
      self = .missed
      return
    }
    let counts = Self.counts(scores, taken)
    rank = 1 + counts.above + Int.random(in: 0...counts.equal, using: &generator)
    auc = Self.auc(scores, taken)
  }

  private init(rank: Int?, auc: Double?) { (self.rank, self.auc) = (rank, auc) }

  private static func auc(_ scores: [Double], _ taken: Int) -> Double? {
    guard scores.count > 1 else { return nil }
    let counts = counts(scores, taken)
    let below = scores.count - 1 - counts.above - counts.equal
    return (Double(below) + Double(counts.equal) / 2) / Double(scores.count - 1)
  }

  private static func counts(_ scores: [Double], _ taken: Int) -> (above: Int, equal: Int) {
    let own = comparable(scores[taken])
    var counts = (above: 0, equal: 0)
    for (index, score) in scores.enumerated() where index != taken {
      let score = comparable(score)
      if score > own { counts.above += 1 } else if score == own { counts.equal += 1 }
    }
    return counts
  }

  private static func comparable(_ score: Double) -> Double { score.isNaN ? -.infinity : score }
}
