internal import Definitions

/// Numbers the users of the log in order of appearance, and knows the items each has to do with.
struct UserDirectory: Sendable {
  private var indexes: [UInt64: Int32] = [:]
  private var users: [Entry] = []

  private struct Entry: Sendable {
    /// The earliest time, not the first in the log: late events count for the time they happened at.
    var firstMilliseconds: Int64
    var items: [Int32] = []
    var places: [UInt64] = []
  }

  var count: Int { users.count }

  func index(of userID: String) -> Int? {
    userID.isEmpty ? nil : indexes[itemKey(userID)].map { Int($0) }
  }

  /// Nil without an id, and for a new user where there are `usersMax` already.
  mutating func admit(_ userID: String, timeMilliseconds: Int64, usersMax: Int) -> Int? {
    guard !userID.isEmpty else { return nil }
    let key = itemKey(userID)
    if let index = indexes[key].map({ Int($0) }) {
      users[index].firstMilliseconds = min(users[index].firstMilliseconds, timeMilliseconds)
      return index
    }
    guard users.count < usersMax else { return nil }
    indexes[key] = Int32(users.count)
    users.append(Entry(firstMilliseconds: timeMilliseconds))
    return users.count - 1
  }

  func isKnown(_ index: Int, before instant: RequestInstant) -> Bool {
    users[index].firstMilliseconds < instant.milliseconds
  }

  /// Rows of the catalogue, each once.
  func items(of index: Int) -> [Int32] { users[index].items }

  mutating func addItem(_ item: Int, to index: Int) { users[index].items.append(Int32(item)) }

  /// Cells of `FeatureSubject`, each once.
  func places(of index: Int) -> [UInt64] { users[index].places }

  mutating func addPlace(_ place: UInt64, to index: Int) { users[index].places.append(place) }

  mutating func removePlaces(_ places: Set<UInt64>, of index: Int) {
    users[index].places.removeAll { places.contains($0) }
  }

  mutating func removeItems(_ items: Set<Int32>, of index: Int) {
    users[index].items.removeAll { items.contains($0) }
  }
}
