import Definitions
import Glibc
import Messages

@testable import Features

/// What a feature is, straight from the list of events and with nothing kept: the slow and plain
/// definition that the executor is compared with.
struct BruteForce {
  let catalogue: Catalogue
  let events: [Event]
  let userID: String
  let now: Int64
  let coordinate: Coordinate?

  func value(_ feature: Feature, itemID: String) -> Double {
    let item = catalogue.row(ofKey: itemKey(itemID)).map { catalogue.items[$0] }
    let value = computed(feature, item)
    return value.isNaN ? Double(feature.missing) : value
  }

  private func computed(_ feature: Feature, _ item: CatalogueItem?) -> Double {
    let entity = feature.entity
    if entity != .user, item == nil { return .nan }
    if entity.hasCategory, item?.categories.first == nil { return .nan }
    if entity.hasPlace, coordinate == nil { return .nan }
    switch feature.computation {
    case .attribute(let column): return attribute(column, item!)
    case .request(let function): return requested(function, item!)
    case .homeDistanceKilometres:
      return catalogue.users[userID]?.home?.distanceKilometres(to: item!.coordinate) ?? .nan
    case .decay(let event, let halfLife):
      return matching(entity, event, .all, item).map {
        exp2(-Double(now - 1 - $0.timeMilliseconds) / Double(halfLife))
      }.reduce(0, +)
    case .share(let share):
      return ratio(
        summed(entity, share, item), summed(share.whole ?? entity.wholes[0], share, item))
    // Made of other columns: DerivedColumnTests has them.
    case .product, .among: return .nan
    case .haunts(let function, let event, let window, let here):
      precondition(here == 0)
      return haunts(function, matching(.user, event, window, nil), item!)
    case .minusUserMean(let measure, let event, let window):
      let mean = mean(matching(.user, event, window, nil).map { value(measure, $0) })
      return measured(measure, item!, coordinate) - mean
    case .window(let event, let window, let aggregate, let hours):
      return aroundTheClock(hours) { offset in
        windowed(entity, event, window, aggregate, item, hoursLater: offset)
      }
    }
  }

  /// By the normal curve, three times as narrow as a working day.
  private func aroundTheClock(_ hours: Int, _ value: (_ offset: Int) -> Double) -> Double {
    guard hours > 0 else { return value(0) }
    let heights = (-hours...hours).map { exp(-Double($0 * $0) / 4.5) }
    let sum = zip(-hours...hours, heights).reduce(0) { $0 + $1.1 * value($1.0) }
    return sum / heights.reduce(0, +)
  }

  private func summed(
    _ entity: FeatureEntity, _ share: FeatureShare, _ item: CatalogueItem?
  ) -> Double {
    let aggregate = share.measure == .one ? WindowAggregate.count : .sum(share.measure)
    return aroundTheClock(entity.hasHour ? share.hoursAround : 0) { offset in
      windowed(entity, share.event, share.window, aggregate, item, hoursLater: offset)
    }
  }

  private func haunts(
    _ function: HauntsFunction, _ events: [Event], _ item: CatalogueItem
  ) -> Double {
    var orders: [String: Double] = [:]
    for event in events { if let found = found(event) { orders[found.id, default: 0] += 1 } }
    let haunts = orders.map { (catalogue.items[catalogue.row(ofKey: itemKey($0.key))!], $0.value) }
    func kilometres(_ haunt: CatalogueItem) -> Double {
      haunt.coordinate.distanceKilometres(to: item.coordinate)
    }
    switch function {
    case .pull:
      let pulls = haunts.map { $1.squareRoot() / (1 + pow(kilometres($0) / 0.5, 2)) }
      return pulls.reduce(0, +) / haunts.map { $1.squareRoot() }.reduce(0, +)
    case .latestKilometres:
      // Of several in one millisecond the first in the catalogue.
      let latest = events.compactMap { event in found(event).map { (event.timeMilliseconds, $0) } }
        .max {
          ($0.0, catalogue.row(ofKey: itemKey($1.1.id))!)
            < ($1.0, catalogue.row(ofKey: itemKey($0.1.id))!)
        }
      return latest.map { kilometres($0.1) } ?? .nan
    case .nearestKilometres:
      return haunts.filter { $0.0.id != item.id }.map { kilometres($0.0) }.min() ?? .nan
    }
  }

  private func windowed(
    _ entity: FeatureEntity, _ event: EventKind, _ window: TimeSpan, _ aggregate: WindowAggregate,
    _ item: CatalogueItem?, hoursLater: Int = 0
  ) -> Double {
    let events = matching(entity, event, window, item, hoursLater: hoursLater)
    switch aggregate {
    case .count: return Double(events.count)
    case .sum(let measure):
      return events.map { value(measure, $0) }.filter { !$0.isNaN }.reduce(0, +)
    case .mean(let measure): return mean(events.map { value(measure, $0) })
    case .recencyHours:
      return events.map { Double(now - $0.timeMilliseconds) / 3_600_000 }.min() ?? .nan
    case .distinctItems:
      return Double(Set(events.map(\.itemID)).subtracting([SmallCity.strangeItemID, ""]).count)
    case .rate(let per):
      return ratio(Double(events.count), Double(matching(entity, per, window, item).count))
    }
  }

  private func matching(
    _ entity: FeatureEntity, _ kind: EventKind, _ window: TimeSpan, _ item: CatalogueItem?,
    hoursLater: Int = 0
  ) -> [Event] {
    events.filter { event in
      guard event.kind == kind, event.timeMilliseconds < now else { return false }
      if case .milliseconds(let span) = window, event.timeMilliseconds < now - span { return false }
      if entity.hasUser, event.userID != userID || userID.isEmpty { return false }
      if entity.hasPlace, cell(Coordinate(event.place)) != cell(coordinate) { return false }
      if [.user, .userPlace, .place].contains(entity) { return true }
      guard let item, let eventItem = found(event) else { return false }
      if entity.hasItem, eventItem.id != item.id { return false }
      if entity.hasCategory, eventItem.categories.first != item.categories.first { return false }
      return !entity.hasHour
        || hour(event.timeMilliseconds, eventItem) == (hour(now, item) + hoursLater + 24) % 24
    }
  }

  private func cell(_ coordinate: Coordinate?) -> [Int]? {
    coordinate.map { [$0.latitude, $0.longitude].map { Int(($0 * 1_000).rounded()) } }
  }

  /// As the log has it, whatever the times.
  private func isFirst(_ event: Event) -> Double {
    guard !event.userID.isEmpty, found(event) != nil else { return .nan }
    let first = events.first {
      $0.kind == event.kind && $0.userID == event.userID && $0.itemID == event.itemID
    }
    return first?.id == event.id ? 1 : 0
  }

  private func found(_ event: Event) -> CatalogueItem? {
    catalogue.row(ofKey: itemKey(event.itemID)).map { catalogue.items[$0] }
  }

  private func hour(_ time: Int64, _ item: CatalogueItem) -> Int { local(time, item).hour }

  private func local(_ time: Int64, _ item: CatalogueItem) -> LocalTime {
    LocalTime(unixMilliseconds: time, zone: catalogue.zones[item.zone])
  }

  private func value(_ measure: Measure, _ event: Event) -> Double {
    if measure == .value { return event.value == 0 ? .nan : event.value }
    if measure == .first { return isFirst(event) }
    return found(event).map { measured(measure, $0, Coordinate(event.place)) } ?? .nan
  }

  private func measured(_ measure: Measure, _ item: CatalogueItem, _ from: Coordinate?) -> Double {
    switch measure {
    case .one: 1
    case .value, .first: .nan
    case .price: item.price > 0 ? Double(item.price) : .nan
    case .rating: Double(item.rating)
    case .distanceKilometres: from.map { $0.distanceKilometres(to: item.coordinate) } ?? .nan
    }
  }

  private func attribute(_ column: ItemColumn, _ item: CatalogueItem) -> Double {
    switch column {
    case .price: measured(.price, item, nil)
    case .rating: Double(item.rating)
    case .ratings: Double(item.ratings)
    case .ageDays:
      item.openedMilliseconds == 0 || item.openedMilliseconds > now
        ? .nan : Double(now - item.openedMilliseconds) / 86_400_000
    case .categoryCode:
      item.categories.first.map { Double(itemKey(catalogue.categoryNames[$0]) % 4_096) } ?? .nan
    case .latitude: item.coordinate.latitude
    case .longitude: item.coordinate.longitude
    // Restaurants stand a kilometre apart, but for the last two, a few steps from each other.
    case .density: ["item10", "item11"].contains(item.id) ? 2 : 1
    }
  }

  private func requested(_ function: RequestFunction, _ item: CatalogueItem) -> Double {
    switch function {
    case .distanceKilometres: return measured(.distanceKilometres, item, coordinate)
    case .localHour: return Double(hour(now, item))
    case .weekday: return Double(local(now, item).weekday)
    case .minutesUntilClose:
      // The city's restaurants with hours are open from minute 600 to 5,000 of the week.
      if item.hours.alwaysOpen { return .nan }
      let minute = local(now, item).minuteOfWeek
      guard (600..<5_000).contains(minute) else { return 0 }
      return Double(5_000 - minute) - Double(now % 60_000) / 60_000
    }
  }

  private func mean(_ values: [Double]) -> Double {
    let present = values.filter { !$0.isNaN }
    return present.isEmpty ? .nan : present.reduce(0, +) / Double(present.count)
  }

  private func ratio(_ part: Double, _ whole: Double) -> Double {
    whole == 0 ? .nan : part / whole
  }
}
