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
  /// The same of the hours around, by row and then by hour, for entities whose columns ask for them.
  private(set) var hourRecords: [[Int32]]
  private let place: UInt64?
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
    hourRecords = records
    place = FeatureSubject.place(of: coordinate)
    localTimes = Array(repeating: nil, count: executor.catalogue.zones.count)
    findLocalTimes(executor)
    for entity in FeatureEntity.allCases where entity != .user && executor.plan.keeps(entity) {
      records[entity.store] = items.map { record(entity, executor, item: $0) }
      if executor.plan.hoursAround[entity.store] > 0 { findHours(around: entity, executor) }
    }
  }

  /// Hours of a pair that there is not are not looked up one by one.
  private mutating func findHours(around entity: FeatureEntity, _ executor: FeatureExecutor) {
    let hours = executor.plan.hoursAround[entity.store]
    let own = records[entity.store]
    let pairs = entity == .userItemHour ? records[FeatureEntity.userItem.store] : own
    var found: [Int32] = []
    found.reserveCapacity(items.count * (2 * hours + 1))
    for (row, item) in items.enumerated() {
      let isAbsent = entity == .userItemHour && pairs[row] < 0
      for offset in -hours...hours {
        let isKnown = isAbsent || offset == 0
        found.append(isKnown ? own[row] : record(entity, executor, item: item, hoursLater: offset))
      }
    }
    hourRecords[entity.store] = found
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

  private func record(
    _ entity: FeatureEntity, _ executor: FeatureExecutor, item: Int32, hoursLater: Int = 0
  ) -> Int32 {
    guard item >= 0 else { return TimelineStore.noSubject }
    let row = executor.catalogue.items[Int(item)]
    let subject = FeatureSubject(
      user: user, item: Int(item), category: row.categories.first,
      hour: localTimes[row.zone].map { HourKernel.hour($0.hour, plus: hoursLater) }, place: place)
    if entity.hasCategory, subject.category == nil { return TimelineStore.noSubject }
    if entity.hasPlace, place == nil { return TimelineStore.noSubject }
    return executor.record(entity, of: subject, user: user)
  }
}

extension FeatureExecutor {
  func record(_ entity: FeatureEntity, of subject: FeatureSubject, user: Int?) -> Int32 {
    if entity.hasUser, user == nil { return TimelineStore.noRecord }
    return stores[entity.store].record(of: subject.key(of: entity))
  }
}
