/// Which items each user has ordered, as of any moment.
///
/// Bounded: `itemsMax` different items a user, of which the least recently ordered leaves first (a
/// question about a moment long ago then misses it), and `usersMax` users, after which newcomers
/// are not remembered.
struct History {
  private struct Entry {
    let row: Int32
    var firstMilliseconds: Int64
    var lastMilliseconds: Int64
    var orders: Int32 = 1
  }

  /// An item that a user has ordered.
  struct Known {
    let row: Int
    /// Over all time.
    let orders: Int
  }

  private let itemsMax: Int
  private let usersMax: Int
  private var entries: [UInt64: [Entry]] = [:]

  init(itemsMax: Int, usersMax: Int) {
    self.itemsMax = itemsMax
    self.usersMax = usersMax
  }

  /// `user` is the `itemKey` of the user's id. O(items of the user).
  ///
  /// True when the item is new to the user, as far as is remembered.
  @discardableResult
  mutating func order(user: UInt64, row: Int, timeMilliseconds time: Int64) -> Bool {
    if entries[user] == nil, entries.count >= usersMax { return false }
    return Self.add(row, time, to: &entries[user, default: []], itemsMax: itemsMax)
  }

  /// Rows of the items that the user had ordered by then, in no particular order.
  func rows(user: UInt64, through now: Int64) -> [Int] {
    entries[user, default: []].filter { $0.firstMilliseconds <= now }.map { Int($0.row) }
  }

  /// The items that the user had ordered by then, most often ordered first; at most `limit`.
  func known(user: UInt64, through now: Int64, limit: Int) -> [Known] {
    entries[user, default: []].filter { $0.firstMilliseconds <= now }
      .sorted {
        ($0.orders, $0.lastMilliseconds, $0.row) > ($1.orders, $1.lastMilliseconds, $1.row)
      }
      .prefix(limit).map { Known(row: Int($0.row), orders: Int($0.orders)) }
  }

  private static func add(
    _ row: Int, _ time: Int64, to list: inout [Entry], itemsMax: Int
  ) -> Bool {
    if let index = list.firstIndex(where: { $0.row == row }) {
      list[index].firstMilliseconds = min(list[index].firstMilliseconds, time)
      list[index].lastMilliseconds = max(list[index].lastMilliseconds, time)
      list[index].orders += 1
      return false
    }
    let entry = Entry(row: Int32(row), firstMilliseconds: time, lastMilliseconds: time)
    if list.count < itemsMax {
      list.append(entry)
      return true
    }
    // Rows break ties, so that replay forgets the same items.
    let oldest = list.indices.min {
      (list[$0].lastMilliseconds, list[$0].row) < (list[$1].lastMilliseconds, list[$1].row)
    }
    if let oldest, list[oldest].lastMilliseconds <= time { list[oldest] = entry }
    return true
  }
}
