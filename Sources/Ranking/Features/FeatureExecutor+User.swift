internal import Definitions

extension FeatureExecutor {
  /// The columns of entity `user`, in the definition's order. `known`: the catalogue has the user, or the
  /// log does before `nowMilliseconds`.
  package func userRow(userID: String, nowMilliseconds: Int64) -> UserRow {
    let instant = RequestInstant(milliseconds: nowMilliseconds)
    let request = AssemblyContext(
      self, userID: userID, instant: instant, coordinate: nil, keys: [])
    let seen = request.user.map { users.isKnown($0, before: instant) } ?? false
    var row = UserRow(known: seen || catalogue.users[userID] != nil, logPosition: position)
    for (column, feature) in definition.features.enumerated() where feature.entity == .user {
      let value = ColumnValues(self, request, plan.columns[column]).ofUser
      row.names.append(feature.name)
      row.values.append(value.isNaN ? feature.missing : value)
    }
    return row
  }

  /// What the user ordered before `nowMilliseconds`: the most often ordered items first, of those as
  /// often the latest. Items whose pair was forgotten (`FeatureLimits`) are not in it.
  package func history(
    userID: String, nowMilliseconds: Int64, limit: Int
  ) -> [(key: UInt64, orders: Int)] {
    guard let user = users.index(of: userID) else { return [] }
    let instant = RequestInstant(milliseconds: nowMilliseconds)
    let store = stores[FeatureEntity.userItem.store]
    let slot = FeaturePlan.historySlot
    var entries: [(orders: Int, last: Int64, item: Int32)] = []
    for item in users.items(of: user) {
      let key = FeatureSubject(user: user, item: Int(item)).key(of: .userItem)
      let record = store.record(of: key)
      let orders = store.eventCount(record, slot: slot, before: instant)
      guard orders > 0, let last = store.lastMilliseconds(record, slot: slot, before: instant)
      else { continue }
      entries.append((orders, last, item))
    }
    entries.sort { ($0.orders, $0.last, $1.item) > ($1.orders, $1.last, $0.item) }
    return entries.prefix(max(0, limit)).map {
      (catalogue.items[Int($0.item)].key, $0.orders)
    }
  }
}

/// A user's own features.
package struct UserRow: Equatable, Sendable {
  package var known: Bool
  package var names: [String] = []
  /// NaN is missing.
  package var values: [Float] = []
  /// Events applied.
  package var logPosition: UInt64

  init(known: Bool, logPosition: UInt64) {
    self.known = known
    self.logPosition = logPosition
  }
}
