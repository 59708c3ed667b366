internal import Glibc

/// Which items are ordered by the same people: for each item, how many users of its have ordered each
/// other one.
///
/// Counts are as of the end of the log, also for a question about the past. Bounded: an item keeps its
/// `neighboursMax` strongest neighbours; a newcomer takes the place of the weakest and starts from its count
/// (the Space-Saving sketch of Metwally, Agrawal and El Abbadi, ICDT 2005), so counts may be too high, never
/// too low, for what is kept.
struct CoVisits {
  private struct Neighbour {
    var row: Int32
    var users: Int32
  }

  /// Damps what few users have in common.
  private static let prior = 5.0

  private let neighboursMax: Int
  private var neighbours: [[Neighbour]]
  /// By row: how many different users ordered it.
  private var users: [Int32]

  init(items: Int, neighboursMax: Int) {
    self.neighboursMax = neighboursMax
    neighbours = Array(repeating: [], count: items)
    users = Array(repeating: 0, count: items)
  }

  /// A user orders `row` for the first time, and had ordered `others` before. O(others · neighboursMax).
  mutating func firstOrder(of row: Int, after others: [Int]) {
    users[row] += 1
    for other in others where other != row {
      note(row, asNeighbourOf: other)
      note(other, asNeighbourOf: row)
    }
  }

  private mutating func note(_ row: Int, asNeighbourOf item: Int) {
    let row = Int32(row)
    if let index = neighbours[item].firstIndex(where: { $0.row == row }) {
      neighbours[item][index].users += 1
    } else if neighbours[item].count < neighboursMax {
      neighbours[item].append(Neighbour(row: row, users: 1))
    } else if let weakest = neighbours[item].indices.min(by: {
      neighbours[item][$0].users < neighbours[item][$1].users
    }) {
      let users = neighbours[item][weakest].users
      neighbours[item][weakest] = Neighbour(row: row, users: users + 1)
    }
  }

  /// What is ordered by those who ordered `known`, with
  ///
  ///     score(j) = Σ over known i of users(i, j) / (users(i) + 5) / √(users(j) + 5)
  ///
  /// In no order; `known` themselves may be among them.
  func proposals(known: [Int]) -> [Int32: Double] {
    var scores: [Int32: Double] = [:]
    for item in known {
      let weight = 1 / (Double(users[item]) + Self.prior)
      for neighbour in neighbours[item] {
        scores[neighbour.row, default: 0] += Double(neighbour.users) * weight
      }
    }
    return scores.reduce(into: [:]) { result, entry in
      result[entry.key] = entry.value / (Double(users[Int(entry.key)]) + Self.prior).squareRoot()
    }
  }
}
