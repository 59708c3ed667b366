internal import Definitions

/// One column of one matrix. What is the same in every row is computed when this is made.
struct ColumnValues {
  private let executor: FeatureExecutor
  private let request: AssemblyContext
  private let plan: ColumnPlan
  private let items: [CatalogueItem]
  /// What the user's own timelines give to the column; NaN for a part that is not the user's.
  private let userValue: Float
  private let userWhole: Float
  private let haunts: Haunts?

  init(_ executor: FeatureExecutor, _ request: AssemblyContext, _ plan: ColumnPlan) {
    self.executor = executor
    self.request = request
    self.plan = plan
    items = executor.catalogue.items
    switch plan {
    case .attribute, .request, .homeDistance, .haunts, .derived:
      (userValue, userWhole) = (.nan, .nan)
    case .term(let term), .difference(_, let term):
      (userValue, userWhole) = (executor.userValue(term, request), .nan)
    case .ratio(let part, of: let whole):
      (userValue, userWhole) = (
        executor.userValue(part, request), executor.userValue(whole, request)
      )
    case .distinctItems(let term):
      (userValue, userWhole) = (Float(executor.items(with: term, request).count), .nan)
    }
    haunts =
      if case .haunts(let function, let term, _) = plan {
        Self.haunts(function, executor.items(with: term, request), executor)
      } else {
        nil
      }
  }

  /// NaN is missing.
  subscript(row: Int) -> Float {
    switch plan {
    case .attribute(let column): attribute(column, row)
    case .request(let function): requestValue(function, row)
    case .homeDistance: measure(.distanceKilometres, row, from: request.home)
    case .term(let term): value(term, row, ofUser: userValue)
    case .ratio(let part, of: let whole):
      Self.ratio(value(part, row, ofUser: userValue), of: value(whole, row, ofUser: userWhole))
    case .difference(let measure, _):
      self.measure(measure, row, from: request.coordinate) - userValue
    case .distinctItems: userValue
    case .haunts(let function, _, let here): fromHaunts(function, row, here: here)
    case .derived: .nan
    }
  }

  /// The value of a column of entity `user`, which needs no row. NaN is missing.
  var ofUser: Float {
    if case .ratio = plan { Self.ratio(userValue, of: userWhole) } else { userValue }
  }

  private func value(_ term: TimelineTerm, _ row: Int, ofUser userValue: Float) -> Float {
    if term.entity == .user { return userValue }
    let store = term.entity.store
    if term.hoursAround > 0 { return hourValue(term, row) }
    return executor.stores[store].value(
      term.reading, slot: term.slot, record: request.records[store][row], at: request.instant)
  }

  /// The weighted mean over the hours around.
  private func hourValue(_ term: TimelineTerm, _ row: Int) -> Float {
    let store = term.entity.store
    if request.records[store][row] == TimelineStore.noSubject { return .nan }
    let weights = executor.plan.kernels[term.hoursAround].weights
    let hoursKept = executor.plan.hoursAround[store]
    let own = row * (2 * hoursKept + 1) + hoursKept
    var sum = 0.0
    for offset in -term.hoursAround...term.hoursAround {
      let record = request.hourRecords[store][own + offset]
      guard record >= 0 else { continue }
      let value = executor.stores[store].value(
        term.reading, slot: term.slot, record: record, at: request.instant)
      sum += weights[abs(offset)] * Double(value)
    }
    return Float(sum)
  }

  private static func haunts(
    _ function: HauntsFunction, _ items: [(item: Int32, value: Float)], _ executor: FeatureExecutor
  ) -> Haunts {
    guard function == .latestKilometres else {
      return Haunts(
        items.map { ($0.item, orders: $0.value) }, in: executor.catalogue,
        limit: executor.limits.hauntsMax)
    }
    // Of those as recent, the first row, whatever the order of their first orders.
    let latest = items.min { ($0.value, $0.item) < ($1.value, $1.item) }
    return Haunts(
      latest.map { [(item: $0.item, orders: Float(1))] } ?? [], in: executor.catalogue, limit: 1)
  }

  private func fromHaunts(_ function: HauntsFunction, _ row: Int, here: Float) -> Float {
    let item = request.items[row]
    guard item >= 0, let haunts else { return .nan }
    let coordinate = items[Int(item)].coordinate
    switch function {
    case .pull:
      guard here != 0, let place = request.coordinate else { return haunts.pull(at: coordinate) }
      let pull = haunts.pull(at: coordinate)
      let near = Haunts.nearness(coordinate.distanceKilometres(to: place))
      return (pull.isNaN ? 0 : pull) + here * near
    case .nearestKilometres: return haunts.nearestKilometres(to: item, at: coordinate)
    case .latestKilometres: return haunts.nearestKilometres(to: nil, at: coordinate)
    }
  }

  private static func ratio(_ part: Float, of whole: Float) -> Float {
    whole > 0 ? part / whole : .nan
  }

  private func measure(_ measure: Measure, _ row: Int, from coordinate: Coordinate?) -> Float {
    let item = Int(request.items[row])
    return item < 0 ? .nan : Float(measure.value(of: items[item], from: coordinate))
  }

  private func attribute(_ column: ItemColumn, _ row: Int) -> Float {
    let item = Int(request.items[row])
    guard item >= 0 else { return .nan }
    switch column {
    case .price: return items[item].price == 0 ? .nan : Float(items[item].price)
    case .rating: return items[item].rating
    case .ratings: return Float(items[item].ratings)
    case .ageDays: return ageDays(openedMilliseconds: items[item].openedMilliseconds)
    case .categoryCode:
      return items[item].categories.first.map { executor.categoryCodes[$0] } ?? .nan
    case .latitude: return Float(items[item].coordinate.latitude)
    case .longitude: return Float(items[item].coordinate.longitude)
    case .density: return executor.densities[item]
    }
  }

  private func ageDays(openedMilliseconds opened: Int64) -> Float {
    guard opened != 0, opened <= request.instant.milliseconds else { return .nan }
    // As doubles, since the catalogue's time may be any 64-bit number.
    return Float((Double(request.instant.milliseconds) - Double(opened)) / 86_400_000)
  }

  private func requestValue(_ function: RequestFunction, _ row: Int) -> Float {
    let item = Int(request.items[row])
    guard item >= 0 else { return .nan }
    switch function {
    case .distanceKilometres:
      return measure(.distanceKilometres, row, from: request.coordinate)
    case .localHour:
      return (request.localTime(zone: items[item].zone)?.hour).map(Float.init) ?? .nan
    case .weekday:
      return (request.localTime(zone: items[item].zone)?.weekday).map(Float.init) ?? .nan
    case .minutesUntilClose: return minutesUntilClose(items[item].hours, zone: items[item].zone)
    }
  }

  private func minutesUntilClose(_ hours: OpeningHours, zone: Int) -> Float {
    if hours.alwaysOpen { return .nan }
    let now = request.instant.milliseconds
    guard
      let open = hours.interval(containing: now, zone: executor.catalogue.zones[zone])
    else { return 0 }
    return Float(Double(open.untilSeconds * 1_000 - now) / 60_000)
  }
}

extension FeatureExecutor {
  /// NaN for a term that is not the user's own.
  fileprivate func userValue(_ term: TimelineTerm, _ request: AssemblyContext) -> Float {
    guard term.entity == .user else { return .nan }
    return stores[term.entity.store].value(
      term.reading, slot: term.slot, record: request.userRecord, at: request.instant)
  }

  /// The user's items for which the term is not zero.
  fileprivate func items(
    with term: TimelineTerm, _ request: AssemblyContext
  ) -> [(item: Int32, value: Float)] {
    guard let user = request.user else { return [] }
    let store = stores[term.entity.store]
    return users.items(of: user).compactMap { item in
      let record = store.record(
        of: FeatureSubject(user: user, item: Int(item)).key(of: term.entity))
      let value = store.value(term.reading, slot: term.slot, record: record, at: request.instant)
      return value > 0 ? (item, value) : nil
    }
  }
}
