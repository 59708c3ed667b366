internal import Definitions

/// What turns scores into a list: order, variety, exploration, cut. Pure: chance is seeded by the
/// request's id, so that a retried request gets the same draw.
struct Policy: Equatable, Sendable {
  /// How deep exploration reaches: to this many times the length of the list.
  static let explorationDepth = 3

  static let explorationRates = 0.0...1.0
  /// In the units of the scores.
  static let discoveryBonuses = -1_000.0...1_000.0
  static let categoryRuns = 1...1_000

  /// Share of requests in which one place goes to an item from below the cut, so that what is
  /// never shown can be learned of.
  var explorationRate = 0.1
  /// Added to a model's score of what the user has not ordered before, in the units of the scores.
  /// A model that learns from orders learns habits first; who browses wants to be told of more.
  var discoveryBonus = 0.0
  /// The most items of one category in a row, as long as others are left.
  var categoryRunMax = 3

  struct Ranked: Equatable, Sendable {
    /// Index into the candidates.
    var candidate: Int
    var score: Double
    var explored = false
  }

  /// The model's scores, with what is new to the user moved up.
  func favouringDiscoveries(_ candidates: [Candidate], scores: [Double]) -> [Double] {
    guard discoveryBonus != 0 else { return scores }
    return zip(candidates, scores).map { candidate, score in
      candidate.isOfHistory ? score : score + discoveryBonus
    }
  }

  /// - Parameter scores: one for each candidate; a NaN stands below everything.
  /// - Returns: at most `count`, best first. Equal scores stand in the candidates' order.
  func rank(
    _ candidates: [Candidate], scores: [Double], count: Int, requestID: String
  ) -> [Ranked] {
    precondition(candidates.count == scores.count)
    let pool = pool(Self.order(scores), scores: scores, count: count)
    var list = vary(pool, candidates, count: count)
    explore(&list, pool: pool, requestID: requestID)
    return list
  }

  /// Indexes of the scores, best first.
  static func order(_ scores: [Double]) -> [Int] {
    scores.indices.sorted { a, b in
      let (x, y) = (scores[a], scores[b])
      if x.isNaN || y.isNaN { return x.isNaN == y.isNaN ? a < b : y.isNaN }
      return x == y ? a < b : x > y
    }
  }

  /// What a list of `count` is made of.
  func pool(_ order: [Int], scores: [Double], count: Int) -> [Ranked] {
    order.prefix(count * Self.explorationDepth).map { Ranked(candidate: $0, score: scores[$0]) }
  }

  /// The first `count`, with runs of one category broken up by drawing up the next best of another.
  func vary(_ pool: [Ranked], _ candidates: [Candidate], count: Int) -> [Ranked] {
    var left = pool
    var result: [Ranked] = []
    var run = (category: "", length: 0)
    while !left.isEmpty, result.count < count {
      var index = 0
      if run.length >= categoryRunMax, !run.category.isEmpty {
        index =
          left.firstIndex { candidates[$0.candidate].category != run.category } ?? 0
      }
      let next = left.remove(at: index)
      let category = candidates[next.candidate].category
      run = category == run.category ? (category, run.length + 1) : (category, 1)
      result.append(next)
    }
    return result
  }

  private func explore(_ list: inout [Ranked], pool: [Ranked], requestID: String) {
    var random = SplitMix64(seed: itemKey(requestID))
    // The first place is what the user most likely wants.
    guard Double.random(in: 0..<1, using: &random) < explorationRate, list.count > 1 else {
      return
    }
    let shown = Set(list.map(\.candidate))
    let below = pool.filter { !shown.contains($0.candidate) }
    guard var drawn = below.randomElement(using: &random) else { return }
    drawn.explored = true
    list[Int.random(in: 1..<list.count, using: &random)] = drawn
  }
}
