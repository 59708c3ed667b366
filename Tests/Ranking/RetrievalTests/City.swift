import Definitions
import Messages
import TestSupport

/// A seeded town of items in two time zones around the antimeridian, with its orders.
struct City {
  static let center = Coordinate(latitude: -17, longitude: 179.98)
  static let start: Int64 = 1_700_000_000_000

  let items: [Item]
  let zones: [Zone]
  let orders: [Event]
  let ordersOfItem: [String: [Event]]
  let catalogue: Catalogue

  init(seed: UInt64, items count: Int = 400, orders orderCount: Int = 2_000) throws {
    var generator = SeededGenerator(seed: seed)
    zones = [Self.zone("East", -11 * 3600), Self.zone("West", 12 * 3600)]
    items = (0..<count).map { Self.item($0, &generator) }
    orders = (0..<orderCount).map { number in
      let item = Int.random(in: 0..<count, using: &generator)
      let user = Int.random(in: 0..<12, using: &generator)
      return Self.order(
        item: "item-\(item * item / count)", user: "user-\(user)",
        at: Self.start + Int64(number) * 600_000 + .random(in: -900_000...0, using: &generator))
    }
    ordersOfItem = Dictionary(grouping: orders, by: \.itemID)
    catalogue = try Catalogue(
      records: zones.map(CatalogueRecord.zone) + items.map(CatalogueRecord.item))
  }

  static func order(item: String, user: String, at time: Int64) -> Event {
    var event = Event()
    event.kind = .order
    event.itemID = item
    event.userID = user
    event.timeMilliseconds = time
    event.value = 20
    return event
  }

  private static func zone(_ name: String, _ offset: Int32) -> Zone {
    var zone = Zone()
    zone.name = name
    zone.fromUtcSeconds = [0]
    zone.offsetSeconds = [offset]
    return zone
  }

  private static func item(_ number: Int, _ generator: inout SeededGenerator) -> Item {
    var item = Item()
    item.id = "item-\(number)"
    item.name = "Item \(number)"
    var longitude = center.longitude + .random(in: -0.4...0.4, using: &generator)
    if longitude > 180 { longitude -= 360 }
    item.zone = longitude < 0 ? "East" : "West"
    item.place =
      Coordinate(
        latitude: center.latitude + .random(in: -0.4...0.4, using: &generator),
        longitude: longitude
      ).place
    let kinds = ["Thai", "Pizza", "Sushi", "Bar"].shuffled(using: &generator)
    item.categories = Array(kinds.prefix(.random(in: 0...2, using: &generator)))
    item.price = .random(in: 0...4, using: &generator)
    item.rating = .random(in: -1...5, using: &generator)
    item.hours = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
      var hours = OpenInterval()
      hours.fromMinute = .random(in: 0..<10_080, using: &generator)
      hours.toMinute = hours.fromMinute + .random(in: 1...4_000, using: &generator)
      return hours
    }
    return item
  }
}
