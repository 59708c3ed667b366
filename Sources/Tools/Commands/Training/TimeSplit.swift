internal import Messages

/// A log cut in time: visits to learn from, visits to tune by, visits to judge by. A visit is an
/// order of an item that the catalogue has; the shares are of their count, in log order.
package struct TimeSplit: Equatable, Sendable {
  package enum Part: Equatable, Sendable {
    case learn
    case tune
    case test
  }

  package let visits: Int
  /// The first visit after those to learn from.
  package let learnEnd: Int
  /// The first visit after those to tune by.
  package let tuneEnd: Int

  /// Percents from the beginning: 80 and 90 are the usual 80, 10 and 10. Both are cut to 0...100, and
  /// the end of tuning to no earlier than that of learning.
  package init(visits: Int, learnUntilPercent: Int = 80, tuneUntilPercent: Int = 90) {
    self.visits = max(0, visits)
    let learn = min(100, max(0, learnUntilPercent))
    learnEnd = Self.share(learn, of: self.visits)
    tuneEnd = Self.share(min(100, max(learn, tuneUntilPercent)), of: self.visits)
  }

  static func share(_ percent: Int, of visits: Int) -> Int {
    visits / 100 * percent + visits % 100 * percent / 100
  }

  package func part(ofVisit index: Int) -> Part {
    index < learnEnd ? .learn : index < tuneEnd ? .tune : .test
  }
}

/// Walks along a log and tells the part of each event. What lies between two visits goes with the
/// earlier one: it happened before anything of the next part.
struct SplitCursor {
  private let split: TimeSplit
  /// Seen so far.
  private(set) var visits = 0

  init(_ split: TimeSplit) { self.split = split }

  mutating func next(isVisit: Bool) -> TimeSplit.Part {
    if isVisit { visits += 1 }
    return split.part(ofVisit: max(0, visits - 1))
  }
}
