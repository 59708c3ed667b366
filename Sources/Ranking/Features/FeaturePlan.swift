internal import Messages

/// A definition compiled once: which timelines are kept, which events go into them, and how each column
/// is read from them. A timeline that two columns need is kept once.
struct FeaturePlan: Sendable {
  /// By the entity's place in `FeatureEntity.allCases`.
  private(set) var series: [[TimelineSeries]]
  /// By the raw value of the event's kind.
  private(set) var feeds: [[TimelineFeed]]
  /// By the raw value of the event's kind: where counts by pair are, for those that must be kept.
  private(set) var pairSlots: [Int?]
  private(set) var columns: [ColumnPlan] = []
  /// In the order in which they are filled, after all others.
  private(set) var derived: [DerivedColumn] = []
  /// By the entity's place in `allCases`: up to how many hours around are read.
  private(set) var hoursAround: [Int]
  /// By hours around.
  let kernels = (0...HourKernel.hoursAroundMax).map { HourKernel(hoursAround: $0) }

  /// Counts of a user's orders by item are always kept, at this slot: the history is made of them, and
  /// whoever gives up pairs keeps those with orders longest.
  static let historySlot = 0

  init(_ definition: FeatureDefinition) {
    series = Array(repeating: [], count: FeatureEntity.allCases.count)
    hoursAround = Array(repeating: 0, count: FeatureEntity.allCases.count)
    feeds = []
    pairSlots = Array(repeating: nil, count: EventKind.allCases.count)
    _ = slot(of: .userItem, .order, .one)
    for feature in definition.features { columns.append(column(feature)) }
    derived = Self.derived(definition)
    feeds = Self.feeds(series)
  }

  func keeps(_ entity: FeatureEntity) -> Bool { !series[entity.store].isEmpty }

  private mutating func column(_ feature: Feature) -> ColumnPlan {
    let entity = feature.entity
    switch feature.computation {
    case .attribute(let column): return .attribute(column)
    case .request(let function): return .request(function)
    case .homeDistanceKilometres: return .homeDistance
    case .decay(let event, let halfLife):
      let slot = slot(of: entity, event, .one)
      let decay = series[entity.store][slot].decay(halfLifeMilliseconds: halfLife)
      return .term(TimelineTerm(entity, slot: slot, .decayed(decay)))
    case .window(let event, let window, let aggregate, let hours):
      return windowColumn(entity, event, window, aggregate, hours)
    case .share(let share):
      // The reader admits entities with a whole only.
      let whole = share.whole ?? entity.wholes.first ?? entity
      return .ratio(part(entity, share), of: part(whole, share))
    case .product, .among: return .derived
    case .haunts(let function, let event, let window, let here):
      let slot = slot(of: .userItem, event, .one)
      let reading =
        function == .latestKilometres ? .recencyHours(window) : TimelineReading.count(window)
      return .haunts(function, TimelineTerm(.userItem, slot: slot, reading), here: here)
    case .minusUserMean(let measure, let event, let window):
      let slot = slot(of: .user, event, measure)
      return .difference(measure, TimelineTerm(.user, slot: slot, .mean(window)))
    }
  }

  private static func derived(_ definition: FeatureDefinition) -> [DerivedColumn] {
    // The reader admits names of features above only.
    let columns = Dictionary(
      definition.columnNames.enumerated().map { ($0.element, $0.offset) },
      uniquingKeysWith: { first, _ in first })
    return definition.features.enumerated().compactMap { column, feature in
      let operation: DerivedColumn.Operation
      switch feature.computation {
      case .product(let factors):
        operation = .product(
          factors.map { factor in
            DerivedColumn.Factor(
              column: columns[factor.column] ?? column, plus: factor.plus, power: factor.power,
              missing: factor.missing)
          })
      case .among(let function, let source, let unless):
        operation = .among(
          function, of: columns[source] ?? column, unless: unless.flatMap { columns[$0] })
      default: return nil
      }
      return DerivedColumn(column: column, operation: operation, missing: feature.missing)
    }
  }

  private mutating func windowColumn(
    _ entity: FeatureEntity, _ event: EventKind, _ window: TimeSpan, _ aggregate: WindowAggregate,
    _ hours: Int
  ) -> ColumnPlan {
    switch aggregate {
    case .count: return .term(around(hours, count(entity, event, window)))
    case .sum(let measure):
      let slot = slot(of: entity, event, measure)
      return .term(around(hours, TimelineTerm(entity, slot: slot, .sum(window))))
    case .mean(let measure):
      let slot = slot(of: entity, event, measure)
      return .term(TimelineTerm(entity, slot: slot, .mean(window)))
    case .recencyHours:
      let slot = slot(of: entity, event, .one)
      return .term(TimelineTerm(entity, slot: slot, .recencyHours(window)))
    case .distinctItems:
      return .distinctItems(count(.userItem, event, window))
    case .rate(let per):
      return .ratio(count(entity, event, window), of: count(entity, per, window))
    }
  }

  private mutating func count(
    _ entity: FeatureEntity, _ event: EventKind, _ window: TimeSpan
  ) -> TimelineTerm {
    TimelineTerm(entity, slot: slot(of: entity, event, .one), .count(window))
  }

  private mutating func part(_ entity: FeatureEntity, _ share: FeatureShare) -> TimelineTerm {
    if share.measure == .one {
      return around(share.hoursAround, count(entity, share.event, share.window))
    }
    let slot = slot(of: entity, share.event, share.measure)
    return around(share.hoursAround, TimelineTerm(entity, slot: slot, .sum(share.window)))
  }

  /// The whole of a share may be without an hour; it is read as it is.
  private mutating func around(_ hours: Int, _ term: TimelineTerm) -> TimelineTerm {
    guard term.entity.hasHour, hours > 0 else { return term }
    let store = term.entity.store
    hoursAround[store] = max(hoursAround[store], hours)
    return TimelineTerm(term.entity, slot: term.slot, term.reading, hoursAround: hours)
  }

  private mutating func slot(
    of entity: FeatureEntity, _ event: EventKind, _ measure: Measure
  ) -> Int {
    // The pairs of a user are what bounds what is kept of the user's hours: no hour without its pair.
    // The same goes for places. What is first among a user's events shows in the pair, too.
    if entity == .userItemHour || entity == .userPlaceItem || measure == .first {
      pairSlots[Int(event.rawValue)] = slot(of: .userItem, event, .one)
    }
    if entity == .userPlaceItem { _ = slot(of: .userPlace, event, .one) }
    let kept = series[entity.store]
    if let slot = kept.firstIndex(where: { $0.event == event && $0.measure == measure }) {
      return slot
    }
    series[entity.store].append(TimelineSeries(event: event, measure: measure))
    return kept.count
  }

  private static func feeds(_ series: [[TimelineSeries]]) -> [[TimelineFeed]] {
    EventKind.allCases.map { event in
      FeatureEntity.allCases.compactMap { entity in
        let slots = series[entity.store].enumerated().filter { $0.element.event == event }
          .map { (slot: $0.offset, measure: $0.element.measure) }
        return slots.isEmpty ? nil : TimelineFeed(entity: entity, slots: slots)
      }
    }
  }
}

/// One timeline of each entity of a kind.
struct TimelineSeries: Sendable {
  let event: EventKind
  let measure: Measure
  private(set) var halfLivesMilliseconds: [Int64] = []

  init(event: EventKind, measure: Measure) {
    self.event = event
    self.measure = measure
  }

  mutating func decay(halfLifeMilliseconds: Int64) -> Int {
    if let index = halfLivesMilliseconds.firstIndex(of: halfLifeMilliseconds) { return index }
    halfLivesMilliseconds.append(halfLifeMilliseconds)
    return halfLivesMilliseconds.count - 1
  }
}

/// Where an event of one kind goes.
struct TimelineFeed: Sendable {
  let entity: FeatureEntity
  let slots: [(slot: Int, measure: Measure)]
}

/// One number read from one timeline of an entity.
struct TimelineTerm: Sendable {
  let entity: FeatureEntity
  let slot: Int
  let reading: TimelineReading
  let hoursAround: Int

  init(_ entity: FeatureEntity, slot: Int, _ reading: TimelineReading, hoursAround: Int = 0) {
    self.entity = entity
    self.slot = slot
    self.reading = reading
    self.hoursAround = hoursAround
  }
}

enum TimelineReading: Sendable {
  case count(TimeSpan)
  case sum(TimeSpan)
  case mean(TimeSpan)
  case recencyHours(TimeSpan)
  /// The index among the series' half-lives.
  case decayed(Int)
}

enum ColumnPlan: Sendable {
  case attribute(ItemColumn)
  case request(RequestFunction)
  case homeDistance
  case term(TimelineTerm)
  case ratio(TimelineTerm, of: TimelineTerm)
  case difference(Measure, TimelineTerm)
  /// The user's pairs for which the term is not zero.
  case distinctItems(TimelineTerm)
  /// Of the same pairs.
  case haunts(HauntsFunction, TimelineTerm, here: Float)
  /// Of other columns, once they are filled.
  case derived
}
