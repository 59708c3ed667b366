internal import Definitions

/// What all columns of one matrix share, found once: each row's item, its local time, and where its
/// timelines are.
struct AssemblyContext {
  let instant: RequestInstant
  let coordinate: Coordinate?
  let home: Coordinate?
  /// Nil for one nobody has heard of.
  let user: Int?
  let userRecord: Int32
  /// Rows of the catalogue; −1 for an unknown item.
  let items: [Int32]
  /// By the place of an entity in `allCases`, then by row; empty for entities that are not kept.
  private(set) var records: [[Int32]]
  private var localTimes: [LocalTime?]

  init(
    _ executor: FeatureExecutor, userID: String, instant: RequestInstant, coordinate: Coordinate?,
    keys: [UInt64]
  ) {
    self.instant = instant
    self.coordinate = coordinate
    home = executor.catalogue.users[userID]?.home
    user = executor.users.index(of: userID)
    userRecord = executor.record(.user, of: FeatureSubject(user: user), user: user)
    items = keys.map { key in executor.catalogue.row(ofKey: key).map { Int32($0) } ?? -1 }
    records = Array(repeating: [], count: FeatureEntity.allCases.count)
    localTimes = Array(repeating: nil, count: executor.catalogue.zones.count)
    findLocalTimes(executor)
    for entity in FeatureEntity.allCases where entity != .user && executor.plan.keeps(entity) {
      records[entity.store] = items.map { record(entity, executor, item: $0) }
    }
  }

  func localTime(zone: Int) -> LocalTime? { localTimes[zone] }

  /// Once for each zone that a row needs, not once a row.
  private mutating func findLocalTimes(_ executor: FeatureExecutor) {
    for item in items where item >= 0 {
      let zone = executor.catalogue.items[Int(item)].zone
      if localTimes[zone] == nil {
        localTimes[zone] = LocalTime(
          unixMilliseconds: instant.milliseconds, zone: executor.catalogue.zones[zone])
      }
    }
  }

  private func record(_ entity: FeatureEntity, _ executor: FeatureExecutor, item: Int32) -> Int32 {
    guard item >= 0 else { return TimelineStore.noSubject }
    let row = executor.catalogue.items[Int(item)]
    let subject = FeatureSubject(
      user: user, item: Int(item), category: row.categories.first,
      hour: localTimes[row.zone]?.hour)
    if entity.hasCategory, subject.category == nil { return TimelineStore.noSubject }
    return executor.record(entity, of: subject, user: user)
  }
}

extension FeatureExecutor {
  func record(_ entity: FeatureEntity, of subject: FeatureSubject, user: Int?) -> Int32 {
    if entity.hasUser, user == nil { return TimelineStore.noRecord }
    return stores[entity.store].record(of: subject.key(of: entity))
  }
}
