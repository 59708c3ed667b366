package import Definitions
package import Messages

/// The one executor of a definition. The stream and the batch feed it events through `apply`, requests
/// ask it through `assemble`; training rows come from the same two calls, so a feature cannot be
/// computed in two ways.
///
/// Its state is a function of the definition, the catalogue, the limits and the events applied, in
/// their order. Events must come without repetitions: the log's writer refuses an id it has seen.
///
/// A value without locks: readers may share it while nobody applies. `RequestInstant` says which
/// events a request sees: those before its `now`, so an old `now` sees the past.
///
/// - An event that comes late counts from the time of the entity's last one on, and a timeline keeps
///   `Timeline.defaultEventsMax` events whole: both as `Timeline` has it.
/// - An event without a user counts for its item; one of an item that the catalogue lacks counts for
///   its user.
/// - A user nobody has heard of, and no user at all, are a user to whom nothing has happened.
/// - Of an item that the catalogue lacks, all but the user's own features is missing.
package struct FeatureExecutor: Sendable {
  package let definition: FeatureDefinition
  package let catalogue: Catalogue
  package let limits: FeatureLimits
  /// Events applied; the refused ones are among them.
  package private(set) var position: UInt64 = 0
  package private(set) var counters = FeatureCounters()

  let plan: FeaturePlan
  let categoryCodes: [Float]
  /// By row of the catalogue; empty where no feature asks for it.
  let densities: [Float]
  private(set) var stores: [TimelineStore]
  private(set) var users = UserDirectory()

  package init(
    definition: FeatureDefinition, catalogue: Catalogue, limits: FeatureLimits = FeatureLimits()
  ) {
    self.definition = definition
    self.catalogue = catalogue
    self.limits = limits
    plan = FeaturePlan(definition)
    stores = plan.series.map { TimelineStore($0) }
    // 12 bits: LightGBM lays categorical codes out as bit sets as long as the largest code.
    let asksForDensity = definition.features.contains {
      $0.computation == .attribute(.density)
    }
    densities = asksForDensity ? Density.counts(catalogue.items) : []
    categoryCodes = catalogue.categoryNames.map { Float(itemKey($0) & 0xFFF) }
  }

  package var usersCount: Int { users.count }
  package var pairsCount: Int { stores[FeatureEntity.userItem.store].count }

  /// Takes the next event of the log. O(log n), but for the rare one that makes a user's pairs too many.
  package mutating func apply(_ event: Event) {
    position += 1
    guard RequestInstant.isSane(event.timeMilliseconds), event.kind != .unknown else {
      counters.refusedEvents += 1
      return
    }
    let subject = subject(of: event)
    let isFirst = isFirst(subject, event.kind)
    for feed in plan.feeds[Int(event.kind.rawValue)] {
      guard let key = subject.key(of: feed.entity) else { continue }
      guard let record = admit(key, feed.entity, subject) else { continue }
      for (slot, measure) in feed.slots {
        guard let value = value(of: measure, event, subject.item, isFirst: isFirst) else {
          continue
        }
        stores[feed.entity.store].append(
          timeMilliseconds: event.timeMilliseconds, value: value, to: record, slot: slot)
      }
    }
  }

  private mutating func subject(of event: Event) -> FeatureSubject {
    var subject = FeatureSubject()
    subject.user = users.admit(
      event.userID, timeMilliseconds: event.timeMilliseconds, usersMax: limits.usersMax)
    if subject.user == nil, !event.userID.isEmpty { counters.refusedUserEvents += 1 }
    subject.place = FeatureSubject.place(of: Coordinate(event.place))
    guard let row = catalogue.row(ofKey: itemKey(event.itemID)) else {
      if !event.itemID.isEmpty { counters.unknownItemEvents += 1 }
      return subject
    }
    let item = catalogue.items[row]
    subject.item = row
    subject.category = item.categories.first
    subject.hour =
      LocalTime(
        unixMilliseconds: event.timeMilliseconds, zone: catalogue.zones[item.zone]
      ).hour
    return subject
  }

  /// Nil where nobody asks, or there is no user or item.
  private func isFirst(_ subject: FeatureSubject, _ kind: EventKind) -> Bool? {
    guard let slot = plan.pairSlots[Int(kind.rawValue)], let key = subject.key(of: .userItem)
    else { return nil }
    let store = stores[FeatureEntity.userItem.store]
    let record = store.record(of: key)
    return record < 0 || !store.hasEvents(record, slot: slot)
  }

  /// Nil where the event does not carry the measure.
  private func value(
    of measure: Measure, _ event: Event, _ item: Int?, isFirst: Bool?
  ) -> Double? {
    if measure == .one { return 1 }
    if measure == .first { return isFirst.map { $0 ? 1 : 0 } }
    if measure == .value { return event.value.isFinite && event.value != 0 ? event.value : nil }
    guard let item else { return nil }
    let value = measure.value(of: catalogue.items[item], from: Coordinate(event.place))
    return value.isNaN ? nil : value
  }

  /// Nil where there is no room for another.
  private mutating func admit(
    _ key: UInt64, _ entity: FeatureEntity, _ subject: FeatureSubject
  ) -> Int32? {
    if entity == .place || entity == .placeItem {
      let store = stores[entity.store]
      guard store.count < limits.placesMax || store.record(of: key) >= 0 else {
        counters.refusedPlaceEvents += 1
        return nil
      }
    }
    let (record, isNew) = stores[entity.store].admit(key, at: position)
    guard isNew, let user = subject.user else { return record }
    if entity == .userPlace, let place = subject.place { notePlace(place, of: user) }
    guard entity == .userItem, let item = subject.item else { return record }
    users.addItem(item, to: user)
    if users.items(of: user).count > limits.pairsPerUserMax {
      forgetPairs(of: user, except: item)
    }
    return record
  }

  /// An eighth at once, so that the sorting is paid for by many events.
  private mutating func forgetPairs(of user: Int, except newest: Int) {
    let given = dispensableItems(
      of: user, except: newest, count: max(1, limits.pairsPerUserMax / 8))
    for item in given {
      forget(.userItem, FeatureSubject(user: user, item: Int(item)))
      for hour in 0..<24 where plan.keeps(.userItemHour) {
        forget(.userItemHour, FeatureSubject(user: user, item: Int(item), hour: hour))
      }
      for place in users.places(of: user) {
        forget(.userPlaceItem, FeatureSubject(user: user, item: Int(item), place: place))
      }
    }
    users.removeItems(Set(given), of: user)
    counters.forgottenPairs += UInt64(given.count)
  }

  private func dispensableItems(of user: Int, except newest: Int, count: Int) -> [Int32] {
    let store = stores[FeatureEntity.userItem.store]
    let ranked = users.items(of: user).filter { $0 != newest }.map { item in
      let record = store.record(
        of: FeatureSubject(user: user, item: Int(item)).key(of: .userItem))
      let hasOrders = store.hasEvents(record, slot: FeaturePlan.historySlot)
      return (rank: hasOrders ? 1 : 0, touched: store.touchedPosition(record), item: item)
    }
    return ranked.sorted { ($0.rank, $0.touched, $0.item) < ($1.rank, $1.touched, $1.item) }
      .prefix(count).map(\.item)
  }

  private mutating func notePlace(_ place: UInt64, of user: Int) {
    users.addPlace(place, to: user)
    let places = users.places(of: user)
    guard places.count > limits.placesPerUserMax else { return }
    let store = stores[FeatureEntity.userPlace.store]
    let ranked = places.filter { $0 != place }.map { place in
      let record = store.record(of: FeatureSubject(user: user, place: place).key(of: .userPlace))
      return (touched: record < 0 ? 0 : store.touchedPosition(record), place: place)
    }
    let given = ranked.sorted { $0 < $1 }.prefix(max(1, limits.placesPerUserMax / 8)).map(\.place)
    for place in given {
      forget(.userPlace, FeatureSubject(user: user, place: place))
      for item in users.items(of: user) {
        forget(.userPlaceItem, FeatureSubject(user: user, item: Int(item), place: place))
      }
    }
    users.removePlaces(Set(given), of: user)
  }

  private mutating func forget(_ entity: FeatureEntity, _ subject: FeatureSubject) {
    guard let key = subject.key(of: entity) else { return }
    stores[entity.store].forget(key)
  }
}

extension Measure {
  /// What an item has of it; NaN where unknown.
  func value(of item: CatalogueItem, from coordinate: Coordinate?) -> Double {
    switch self {
    case .one: 1
    case .value, .first: .nan
    case .price: item.price == 0 ? .nan : Double(item.price)
    case .rating: Double(item.rating)
    case .distanceKilometres: coordinate?.distanceKilometres(to: item.coordinate) ?? .nan
    }
  }
}
