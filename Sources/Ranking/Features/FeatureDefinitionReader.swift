internal import Definitions
internal import JSON
internal import Messages

/// From JSON to a definition. Reads on after a problem, so that one run names them all; nothing that
/// it returns is used once `problems` has an entry.
struct FeatureDefinitionReader {
  private let file: String
  private var found: [(position: JSONPosition, message: String)] = []
  /// Of the features read so far: what later ones may be made of.
  private var columns: Set<String> = []

  init(file: String) {
    self.file = file
  }

  /// In the order of the file.
  var problems: [String] {
    found.sorted { ($0.position.line, $0.position.column) < ($1.position.line, $1.position.column) }
      .map { "\(file):\($0.position): \($0.message)" }
  }

  mutating func problem(_ message: String, at position: JSONPosition) {
    found.append((position, message))
  }

  mutating func definition(_ root: JSONValue) -> FeatureDefinition? {
    guard var object = FeatureObject(root, reader: &self, what: "the definition") else {
      return nil
    }
    let name = object.string("name", reader: &self)
    let version = object.version(reader: &self)
    let values = object.array("features", reader: &self)
    object.refuseOthers(known: ["name", "version", "features", "sources"], reader: &self)
    checkSources(root)
    if let values, values.isEmpty || values.count > FeatureDefinition.featuresMax {
      problem(
        "\"features\" has \(values.count) entries; 1 to \(FeatureDefinition.featuresMax) are possible",
        at: object.position)
      return nil
    }
    var features: [Feature] = []
    var firstPositions: [String: JSONPosition] = [:]
    for value in values ?? [] {
      guard let feature = feature(value) else { continue }
      if let first = firstPositions[feature.name] {
        problem("the name \"\(feature.name)\" stands twice, first at \(first)", at: value.position)
      }
      firstPositions[feature.name] = value.position
      columns.insert(feature.name)
      features.append(feature)
    }
    guard let name, let version else { return nil }
    return FeatureDefinition(name: name, version: version, features: features)
  }

  /// Retrieval reads them from the same file; a mistake shows wherever the file is read.
  private mutating func checkSources(_ root: JSONValue) {
    guard let json = root["sources"] else { return }
    do throws(CandidateSources.Problem) {
      _ = try CandidateSources(json)
    } catch {
      problem(error.message, at: error.position)
    }
  }

  private mutating func feature(_ value: JSONValue) -> Feature? {
    guard var object = FeatureObject(value, reader: &self, what: "a feature") else { return nil }
    let name = object.columnName(reader: &self)
    let entity: FeatureEntity? = object.choice("entity", reader: &self)
    let kind: FeatureKind? = object.choice("kind", reader: &self)
    let missing = object.number("default", reader: &self)
    let owner = object.optionalString("owner", reader: &self)
    let freshness = object.optionalString("freshness", reader: &self)
    let description = object.optionalString("description", reader: &self)
    // What other keys there may be hangs on the kind: without it, nothing more can be said.
    guard let kind else { return nil }
    let computation = computation(kind, entity, &object)
    object.refuseOthers(known: kind.keys, reader: &self)
    guard let name, let entity, let computation else { return nil }
    return Feature(
      name: name, entity: entity, computation: computation, missing: missing ?? .nan, owner: owner,
      freshness: freshness, description: description)
  }

  private mutating func computation(
    _ kind: FeatureKind, _ entity: FeatureEntity?, _ object: inout FeatureObject
  ) -> FeatureComputation? {
    switch kind {
    case .attribute:
      let column: ItemColumn? = object.choice("column", reader: &self)
      object.require(entity, [.item], for: "an attribute", reader: &self)
      return column.map { .attribute($0) }
    case .window: return window(entity, &object)
    case .decay: return decay(&object)
    case .request:
      let function: RequestFunction? = object.choice("function", reader: &self)
      object.require(entity, [.item], for: "a request feature", reader: &self)
      return function.map { .request($0) }
    case .cross: return cross(entity, &object)
    case .product:
      object.require(entity, [.item, .userItem], for: "a product", reader: &self)
      return product(&object)
    case .among:
      object.require(entity, [.item, .userItem], for: "what is among candidates", reader: &self)
      let function: CandidateFunction? = object.choice("function", reader: &self)
      let column = object.column("of", among: columns, reader: &self)
      let unless =
        object.has("unless") ? object.column("unless", among: columns, reader: &self) : nil
      guard let function, let column else { return nil }
      return .among(function, of: column, unless: unless)
    }
  }

  private mutating func window(
    _ entity: FeatureEntity?, _ object: inout FeatureObject
  ) -> FeatureComputation? {
    let event = object.event("event", reader: &self)
    let window = object.window("window", reader: &self)
    let name: AggregateName? = object.choice("aggregate", reader: &self)
    let aggregate: WindowAggregate?
    switch name {
    case .count: aggregate = .count
    case .sum:
      aggregate = object.measure(Measure.summable, otherwise: .value, reader: &self).map {
        .sum($0)
      }
    case .mean:
      aggregate = object.measure(Measure.summable, otherwise: .value, reader: &self).map {
        .mean($0)
      }
    case .recencyHours: aggregate = .recencyHours
    case .distinctItems:
      object.require(entity, [.user], for: "distinct_items", reader: &self)
      aggregate = .distinctItems
    case .rate: aggregate = object.event("per", reader: &self).map { .rate(per: $0) }
    case nil: return nil
    }
    let hours = hoursAround(entity, aggregate, &object)
    object.refuseUnread(
      ["column", "per", "hours_around"], because: "of this aggregate", reader: &self)
    guard let event, let window, let aggregate else { return nil }
    return .window(event: event, window: window, aggregate: aggregate, hoursAround: hours)
  }

  /// Read where neighbouring hours can be weighed together: 0 where the file has none.
  private mutating func hoursAround(
    _ entity: FeatureEntity?, _ aggregate: WindowAggregate?, _ object: inout FeatureObject
  ) -> Int {
    switch aggregate {
    case .count, .sum: return object.hoursAround(of: entity, reader: &self)
    case .mean, .recencyHours, .distinctItems, .rate, nil: return 0
    }
  }

  private mutating func decay(_ object: inout FeatureObject) -> FeatureComputation? {
    let event = object.event("event", reader: &self)
    let halfLife = object.halfLifeMilliseconds(reader: &self)
    guard let event, let halfLife else { return nil }
    return .decay(event: event, halfLifeMilliseconds: halfLife)
  }

  private mutating func cross(
    _ entity: FeatureEntity?, _ object: inout FeatureObject
  ) -> FeatureComputation? {
    let function: CrossFunction? = object.choice("function", reader: &self)
    switch function {
    case nil: return nil
    case .homeDistanceKilometres:
      object.require(entity, [.userItem], for: "home_distance_kilometres", reader: &self)
      object.refuseUnread(
        ["event", "window", "column", "of", "hours_around", "here"], because: "of this function",
        reader: &self)
      return .homeDistanceKilometres
    case .hauntsPull: return haunts(.pull, entity, &object)
    case .nearestHaunt: return haunts(.nearestKilometres, entity, &object)
    case .latestHaunt: return haunts(.latestKilometres, entity, &object)
    case .share: return share(entity, &object)
    case .minusUserMean:
      object.require(entity, [.userItem], for: "minus_user_mean", reader: &self)
      let measure = object.measure(Measure.ofItems, otherwise: nil, reader: &self)
      let (event, window) = object.eventAndWindow(reader: &self)
      object.refuseUnread(
        ["of", "hours_around", "here"], because: "of this function", reader: &self)
      guard let measure, let event, let window else { return nil }
      return .minusUserMean(measure, event: event, window: window)
    }
  }
}

/// Crosses with more than one parameter to check.
extension FeatureDefinitionReader {
  private mutating func share(
    _ entity: FeatureEntity?, _ object: inout FeatureObject
  ) -> FeatureComputation? {
    let parts = FeatureEntity.allCases.filter { !$0.wholes.isEmpty }
    object.require(entity, parts, for: "share", reader: &self)
    let (event, window) = object.eventAndWindow(reader: &self)
    let measure = object.measure([.first], otherwise: .one, reader: &self)
    let wholes = entity?.wholes ?? []
    let whole = object.has("of") ? object.choice("of", among: wholes, reader: &self) : nil
    let hours = object.hoursAround(of: entity, reader: &self)
    object.refuseUnread(["here"], because: "of this function", reader: &self)
    guard let event, let window, let measure else { return nil }
    return .share(
      FeatureShare(
        event: event, window: window, measure: measure,
        whole: whole == wholes.first ? nil : whole, hoursAround: hours))
  }

  private mutating func haunts(
    _ function: HauntsFunction, _ entity: FeatureEntity?, _ object: inout FeatureObject
  ) -> FeatureComputation? {
    object.require(entity, [.userItem], for: function.rawValue, reader: &self)
    let (event, window) = object.eventAndWindow(reader: &self)
    object.refuseUnread(
      ["column", "of", "hours_around"], because: "of this function", reader: &self)
    let here = function == .pull ? object.number("here", reader: &self) ?? 0 : 0
    object.refuseUnread(["here"], because: "of this function", reader: &self)
    guard let event, let window else { return nil }
    return .haunts(function, event: event, window: window, here: here)
  }

  private mutating func product(_ object: inout FeatureObject) -> FeatureComputation? {
    guard let values = object.array("factors", reader: &self) else { return nil }
    let factors = values.compactMap { factor($0) }
    guard !factors.isEmpty, factors.count == values.count else {
      if values.isEmpty { problem("a product has one factor at least", at: object.position) }
      return nil
    }
    return .product(factors)
  }

  private mutating func factor(_ value: JSONValue) -> FeatureFactor? {
    guard var object = FeatureObject(value, reader: &self, what: "a factor") else { return nil }
    let column = object.column("of", among: columns, reader: &self)
    let plus = object.number("plus", reader: &self) ?? 0
    let power = object.number("power", reader: &self) ?? 1
    let missing = object.number("missing", reader: &self) ?? .nan
    object.refuseOthers(known: ["of", "plus", "power", "missing"], reader: &self)
    guard let column else { return nil }
    return FeatureFactor(column: column, plus: plus, power: power, missing: missing)
  }
}

enum FeatureKind: String, CaseIterable {
  case attribute, window, decay, request, cross, product, among

  var keys: [String] {
    let own =
      switch self {
      case .attribute: ["column"]
      case .window: ["event", "window", "aggregate", "column", "per", "hours_around"]
      case .decay: ["event", "half_life"]
      case .request: ["function"]
      case .cross: ["function", "event", "window", "column", "of", "hours_around", "here"]
      case .product: ["factors"]
      case .among: ["function", "of", "unless"]
      }
    return ["name", "entity", "kind", "default", "owner", "freshness", "description"] + own
  }
}

private enum AggregateName: String, CaseIterable {
  case count, sum, mean, rate
  case recencyHours = "recency_hours"
  case distinctItems = "distinct_items"
}

private enum CrossFunction: String, CaseIterable {
  case share
  case minusUserMean = "minus_user_mean"
  case homeDistanceKilometres = "home_distance_kilometres"
  case hauntsPull = "haunts_pull"
  case nearestHaunt = "nearest_haunt_kilometres"
  case latestHaunt = "latest_haunt_kilometres"
}
