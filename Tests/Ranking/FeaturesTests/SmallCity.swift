import Definitions
import Messages

@testable import Features

/// A dozen restaurants in two time zones, a handful of users, and any number of events, all from one seed.
struct SmallCity {
  static let startMilliseconds: Int64 = 1_400_000_000_000
  static let hour: Int64 = 3_600_000
  static let userIDs = ["ann", "bob", "cid", "dee", "eve", "not in the catalogue"]
  static let itemIDs = (0..<12).map { "item\($0)" }
  /// Where users are, up to a few steps.
  static let places = [39.9, 40.1, 40.15].map { Coordinate(latitude: $0, longitude: -74.05) }
  /// Of an item that events name and the catalogue lacks.
  static let strangeItemID = "gone"

  let catalogue: Catalogue

  init() throws {
    catalogue = try Catalogue(records: Self.zones + Self.items + Self.users)
  }

  private static var zones: [CatalogueRecord] {
    var east = Zone()
    east.name = "east"
    // The clock goes back in the middle of the events' year.
    east.fromUtcSeconds = [0, startMilliseconds / 1_000 + 30 * 86_400]
    east.offsetSeconds = [-4 * 3_600, -5 * 3_600]
    var west = Zone()
    west.name = "west"
    west.fromUtcSeconds = [0]
    west.offsetSeconds = [-7 * 3_600]
    return [.zone(east), .zone(west)]
  }

  private static var items: [CatalogueRecord] {
    itemIDs.enumerated().map { index, id in
      var item = Item()
      item.id = id
      item.name = "Restaurant \(index)"
      let latitude = index == 11 ? 40.1005 : 40 + Double(index) * 0.01
      item.place = Coordinate(latitude: latitude, longitude: -74).place
      item.categories = index == 11 ? [] : [["pizza", "thai", "cafe"][index % 3], "food"]
      item.price = UInt32(index % 5)
      item.rating = index % 4 == 3 ? -1 : Float(index) / 3
      item.ratings = UInt32(index * 10)
      item.zone = index % 2 == 0 ? "east" : "west"
      item.openedMilliseconds = index == 5 ? 0 : startMilliseconds + Int64(index) * 240 * hour
      if index % 3 == 1 {
        var interval = OpenInterval()
        interval.fromMinute = 600
        interval.toMinute = 5_000
        item.hours = [interval]
      }
      return .item(item)
    }
  }

  private static var users: [CatalogueRecord] {
    userIDs.dropLast().enumerated().map { index, id in
      var user = User()
      user.id = id
      if index != 2 { user.home = Coordinate(latitude: 40.05, longitude: -74.1).place }
      return .user(user)
    }
  }

  /// In the order of time, several in one millisecond now and then.
  static func events(_ count: Int, from generator: inout SplitMix64) -> [Event] {
    var time = startMilliseconds
    return (0..<count).map { index in
      time +=
        Int64.random(in: 0...9, using: &generator) == 0
        ? 0 : .random(in: 0...(4 * hour), using: &generator)
      return event(index, timeMilliseconds: time, from: &generator)
    }
  }

  private static func event(
    _ index: Int, timeMilliseconds: Int64, from generator: inout SplitMix64
  ) -> Event {
    var event = Event()
    event.id = "event\(index)"
    event.kind = [.open, .impression, .impression, .click, .order, .order, .rating]
      .randomElement(using: &generator)!
    event.timeMilliseconds = timeMilliseconds
    event.userID = (userIDs + [""]).randomElement(using: &generator)!
    event.itemID =
      event.kind == .open ? "" : (itemIDs + [strangeItemID]).randomElement(using: &generator)!
    event.value = Double(Int.random(in: 0...3, using: &generator)) * 12.5
    if Bool.random(using: &generator) {
      let place = places.randomElement(using: &generator)!
      event.place =
        Coordinate(
          latitude: place.latitude + .random(in: -0.0003...0.0003, using: &generator),
          longitude: place.longitude
        ).place
    }
    return event
  }

  static func event(
    _ kind: EventKind, _ timeMilliseconds: Int64, user: String = "ann", item: String = "item1",
    request: String = "", id: String = ""
  ) -> Event {
    var event = Event()
    event.id = id
    event.kind = kind
    event.timeMilliseconds = timeMilliseconds
    event.userID = user
    event.itemID = item
    event.requestID = request
    return event
  }
}

extension FeatureDefinition {
  /// Entries are the parts of a feature beyond its name, which is given by its place.
  static func made(of entries: [String]) throws -> FeatureDefinition {
    let features = entries.enumerated().map { #"{"name": "f\#($0.offset)", \#($0.element)}"# }
    let text =
      #"{"name": "test", "version": 1, "features": [\#(features.joined(separator: ",\n"))]}"#
    return try FeatureDefinition(parsing: Array(text.utf8), file: "test.json")
  }

  /// Every kind, on every entity it can be of.
  static func ofEverything() throws -> FeatureDefinition {
    var entries: [String] = []
    for column in ItemColumn.allCases {
      entries.append(#""entity": "item", "kind": "attribute", "column": "\#(column.rawValue)""#)
    }
    for function in RequestFunction.allCases {
      entries.append(#""entity": "item", "kind": "request", "function": "\#(function.rawValue)""#)
    }
    for entity in FeatureEntity.allCases {
      entries += windows(of: entity) + shares(of: entity)
    }
    for function in HauntsFunction.allCases {
      entries.append(
        #""entity": "user_item", "kind": "cross", "function": "\#(function.rawValue)", "event": "order", "window": "60d""#
      )
    }
    for event in ["order", "click"] {
      entries.append(
        #""entity": "user", "kind": "window", "event": "\#(event)", "window": "20d", "aggregate": "distinct_items""#
      )
    }
    entries.append(
      #""entity": "user_item", "kind": "cross", "function": "home_distance_kilometres""#)
    for column in ["price", "rating", "distance_kilometres"] {
      entries.append(
        #""entity": "user_item", "kind": "cross", "function": "minus_user_mean", "event": "order", "window": "60d", "column": "\#(column)""#
      )
    }
    return try made(of: entries)
  }

  private static func shares(of entity: FeatureEntity) -> [String] {
    let head = #""entity": "\#(entity.rawValue)", "kind": "cross", "function": "share""#
    var entries: [String] = []
    for whole in entity.wholes {
      let share = #"\#(head), "of": "\#(whole.rawValue)""#
      entries += [
        #"\#(share), "event": "order", "window": "30d""#,
        #"\#(share), "event": "order", "window": "all""#,
        #"\#(share), "event": "order", "window": "all", "column": "first""#,
      ]
      guard entity.hasHour else { continue }
      entries += [
        #"\#(share), "event": "order", "window": "all", "hours_around": 3"#,
        #"\#(share), "event": "order", "window": "60d", "column": "first", "hours_around": 2"#,
      ]
    }
    return entries
  }

  private static func windows(of entity: FeatureEntity) -> [String] {
    let head = #""entity": "\#(entity.rawValue)""#
    let aroundTheClock = [
      #"\#(head), "kind": "window", "event": "order", "window": "all", "aggregate": "count", "hours_around": 6"#,
      #"\#(head), "kind": "window", "event": "order", "window": "40d", "aggregate": "sum", "column": "first", "hours_around": 1"#,
    ]
    return (entity.hasHour ? aroundTheClock : []) + [
      #"\#(head), "kind": "window", "event": "order", "window": "all", "aggregate": "mean", "column": "first""#,
      #"\#(head), "kind": "window", "event": "click", "window": "40d", "aggregate": "sum", "column": "first""#,
      #"\#(head), "kind": "window", "event": "order", "window": "24h", "aggregate": "count""#,
      #"\#(head), "kind": "window", "event": "impression", "window": "all", "aggregate": "count", "default": -3"#,
      #"\#(head), "kind": "window", "event": "order", "window": "20d", "aggregate": "sum""#,
      #"\#(head), "kind": "window", "event": "rating", "window": "all", "aggregate": "mean""#,
      #"\#(head), "kind": "window", "event": "order", "window": "all", "aggregate": "mean", "column": "distance_kilometres""#,
      #"\#(head), "kind": "window", "event": "order", "window": "40d", "aggregate": "sum", "column": "price""#,
      #"\#(head), "kind": "window", "event": "order", "window": "7d", "aggregate": "recency_hours""#,
      #"\#(head), "kind": "window", "event": "click", "window": "all", "aggregate": "recency_hours", "default": 9999"#,
      #"\#(head), "kind": "window", "event": "click", "window": "30d", "aggregate": "rate", "per": "impression""#,
      #"\#(head), "kind": "decay", "event": "order", "half_life": "36h""#,
      #"\#(head), "kind": "decay", "event": "order", "half_life": "14d""#,
    ]
  }
}
