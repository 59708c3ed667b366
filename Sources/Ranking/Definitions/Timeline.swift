internal import Glibc

/// The events of one entity, so that any window can be asked as of any moment.
///
/// Every aggregate is a prefix over a list sorted by time: a window is the difference of two
/// prefixes, found by binary search, and a decayed count is the prefix decayed on. So one structure
/// answers a live request and the replay of an old one alike, in O(log n).
///
/// A late event (its time before the last one's) counts from the last one's time on: replay in log
/// order then gives the same answers as the stream did.
///
/// Limit: beyond `eventsMax` events the older half is folded into one row. Counts and sums from the
/// very beginning, and decayed counts, stay right; a window that begins inside the folded part
/// counts what is kept of it only.
package struct Timeline: Sendable {
  /// 65,536 orders of one restaurant are months of it, in 1.5 MB; the windows are weeks.
  package static let defaultEventsMax = 65_536

  private let halfLives: [Double]
  private let eventsMax: Int
  // A row is: time, sum of values so far (bits), decayed count per half-life (bits). One array
  // makes one allocation for each of many entities.
  private var rows: [Int64] = []
  /// How many events the first row stands for.
  private var firstRowCount = 1
  private var firstTime: Int64 = .max

  /// `halfLivesMilliseconds` must be positive.
  package init(halfLivesMilliseconds: [Int64], eventsMax: Int = Timeline.defaultEventsMax) {
    precondition(halfLivesMilliseconds.allSatisfy { $0 > 0 }, "a half-life is positive")
    precondition(eventsMax >= 2, "a timeline keeps two events at least")
    halfLives = halfLivesMilliseconds.map(Double.init)
    self.eventsMax = eventsMax
  }

  package mutating func append(timeMilliseconds: Int64, value: Double) {
    let last = rowCount - 1
    let time = last < 0 ? timeMilliseconds : max(timeMilliseconds, time(last))
    let sum = last < 0 ? value : self.sum(last) + value
    let previous = last * stride
    rows.append(time)
    rows.append(Int64(bitPattern: sum.bitPattern))
    for (index, halfLife) in halfLives.enumerated() {
      let before = last < 0 ? 0 : double(previous + 2 + index)
      let decayed =
        last < 0 ? 0 : before * Self.decay(from: rows[previous], to: time, halfLife: halfLife)
      rows.append(Int64(bitPattern: (decayed + 1).bitPattern))
    }
    firstTime = min(firstTime, time)
    if rowCount > eventsMax { fold(rowCount / 2) }
  }

  /// All events ever.
  package var count: Int { rowCount == 0 ? 0 : firstRowCount + rowCount - 1 }

  /// Events in (from, through].
  package func count(from: Int64, through: Int64) -> Int {
    let (first, last) = (rank(from), rank(through))
    return max(0, countBefore(last) - countBefore(first, windowFrom: from))
  }

  /// Sum of the values of the events in (from, through].
  package func sum(from: Int64, through: Int64) -> Double {
    var (first, last) = (rank(from), rank(through))
    if first == 0, firstTime <= from { first = min(1, rowCount) }
    guard last > first else { return 0 }
    last -= 1
    return sum(last) - (first == 0 ? 0 : sum(first - 1))
  }

  /// Each event counts 2^(-age / half-life) at `now`; later events count nothing.
  package func decayed(_ halfLife: Int, at now: Int64) -> Double {
    let row = rank(now) - 1
    guard row >= 0 else { return 0 }
    return double(row * stride + 2 + halfLife)
      * Self.decay(from: time(row), to: now, halfLife: halfLives[halfLife])
  }

  /// Time of the last event that is not after `through`.
  package func last(through: Int64) -> Int64? {
    let row = rank(through) - 1
    return row < 0 ? nil : time(row)
  }
}

/// Rows.
extension Timeline {
  private var stride: Int { 2 + halfLives.count }
  private var rowCount: Int { rows.count / stride }
  private func time(_ row: Int) -> Int64 { rows[row * stride] }
  private func sum(_ row: Int) -> Double { double(row * stride + 1) }
  private func double(_ index: Int) -> Double {
    Double(bitPattern: UInt64(bitPattern: rows[index]))
  }

  /// In floating point because a difference of two untrusted times may overflow.
  private static func decay(from: Int64, to: Int64, halfLife: Double) -> Double {
    exp2((Double(from) - Double(to)) / halfLife)
  }

  /// How many rows are not after `time`.
  private func rank(_ time: Int64) -> Int {
    var low = 0
    var high = rowCount
    // A live request asks as of now, which is after everything.
    if high > 0, self.time(high - 1) <= time { return high }
    while low < high {
      let middle = (low + high) / 2
      if self.time(middle) <= time { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func countBefore(_ rank: Int) -> Int { rank == 0 ? 0 : firstRowCount + rank - 1 }

  /// A window that begins inside the folded events has them before it.
  private func countBefore(_ rank: Int, windowFrom: Int64) -> Int {
    rank == 0 && firstTime <= windowFrom && rowCount > 0 ? firstRowCount : countBefore(rank)
  }

  private mutating func fold(_ dropped: Int) {
    rows.removeFirst(dropped * stride)
    firstRowCount += dropped
  }
}
