import Definitions
import Messages
import TestSupport
import Testing

@testable import Commands

struct CityTests {
  private let folder = TemporaryFolder()
  /// A Saturday, 02:45 UTC: Friday evening in San Francisco.
  private let end: Int64 = 1_780_109_100_000

  private func options(_ output: String, seed: UInt64 = 1) -> CityOptions {
    var options = CityOptions(
      endMilliseconds: end, features: "\(Checkout.root)/deploy/features.json",
      output: folder.file(output))
    options.restaurants = 400
    options.users = 80
    options.days = 10
    options.seed = seed
    return options
  }

  private func make(_ output: String, seed: UInt64 = 1) throws -> CitySummary {
    try City.run(options(output, seed: seed), compileZone: ImporterTests.zone)
  }

  private func events(_ output: String) throws -> [Event] {
    var events: [Event] = []
    try EventLog.read(folder.file("\(output)/events.brigade")) { event, _ in events.append(event) }
    return events
  }

  @Test func `one seed makes the same bytes, another seed other ones`() throws {
    #expect(try make("a") == make("b"))
    _ = try make("c", seed: 2)
    for name in ["catalogue.brigade", "events.brigade", "popular.brigade", "features.json"] {
      let bytes = folder.bytes(of: "a/\(name)")
      #expect(!bytes.isEmpty)
      #expect(bytes == folder.bytes(of: "b/\(name)"))
      #expect((bytes == folder.bytes(of: "c/\(name)")) == (name == "features.json"))
    }
  }

  @Test func `the folder loads and has what was asked for`() throws {
    let summary = try make("city")
    let catalogue = try Catalogue(loading: folder.file("city/catalogue.brigade"))
    #expect(catalogue.items.count == 400)
    #expect(catalogue.users.count == 80)
    #expect(catalogue.categoryNames.count > 20)
    #expect(Set(catalogue.items.map(\.name)).count == 400)
    #expect(catalogue.items.allSatisfy { (1...4).contains($0.price) && $0.rating >= 1 })
    let distances = catalogue.items.map {
      $0.coordinate.distanceKilometres(to: CityOptions.defaultCenter)
    }
    #expect(distances.allSatisfy { $0 < 4 * summary.radiusKilometres + 3 })
    let popular = try Catalogue(
      loading: folder.file("city/popular.brigade"), kind: Catalogue.popularKind)
    #expect(popular.items.count == 400)
  }

  @Test func `the log is in order, inside its days, and its requests hang together`() throws {
    let summary = try make("city")
    let events = try events("city")
    #expect(events.count == summary.events)
    let times = events.map(\.timeMilliseconds)
    #expect(zip(times, times.dropFirst()).allSatisfy(<=))
    #expect(try #require(times.first) >= end - 10 * 86_400_000)
    #expect(try #require(times.last) < end)
    #expect(Set(events.map(\.id)).count == events.count)
    let shown = Dictionary(grouping: events.filter { $0.kind == .impression }, by: \.requestID)
    for (request, impressions) in shown {
      #expect(impressions.map(\.position) == Array(1...UInt32(impressions.count)), "\(request)")
      #expect(Set(impressions.map(\.itemID)).count == impressions.count)
      #expect((2...20).contains(impressions.count))
    }
    for event in events where [.click, .order, .rating].contains(event.kind) {
      let impression = shown[event.requestID]?[Int(event.position) - 1]
      #expect(impression?.itemID == event.itemID)
      #expect(impression?.userID == event.userID)
    }
  }

  @Test func `people eat at meal times, mostly near`() throws {
    _ = try make("city")
    let catalogue = try Catalogue(loading: folder.file("city/catalogue.brigade"))
    let orders = try events("city").filter { $0.kind == .order }
    #expect(orders.count > 100)
    var byHour = [Int](repeating: 0, count: 24)
    var distances: [Double] = []
    for order in orders {
      let row = try #require(catalogue.row(ofKey: itemKey(order.itemID)))
      let item = catalogue.items[row]
      let local = LocalTime(
        unixMilliseconds: order.timeMilliseconds, zone: catalogue.zones[item.zone])
      byHour[local.hour] += 1
      distances.append(
        try #require(Coordinate(order.place)).distanceKilometres(to: item.coordinate))
      #expect(order.value > 0)
    }
    #expect(byHour[17...20].reduce(0, +) > 2 * byHour[14...16].reduce(0, +), "\(byHour)")
    #expect(byHour[11...13].reduce(0, +) > byHour[14...16].reduce(0, +), "\(byHour)")
    #expect(byHour[2...5].reduce(0, +) == 0, "\(byHour)")
    distances.sort()
    #expect(distances[distances.count / 2] < 1.5)
    #expect(try #require(distances.last) < 25)
  }

  @Test func `nothing is shown while it is closed or before it opened`() throws {
    _ = try make("city")
    let catalogue = try Catalogue(loading: folder.file("city/catalogue.brigade"))
    let events = try events("city")
    let begun = Dictionary(
      events.filter { $0.kind == .impression }.map { ($0.requestID, $0.timeMilliseconds - 400) },
      uniquingKeysWith: { first, _ in first })
    for event in events where event.kind == .impression {
      let item = catalogue.items[try #require(catalogue.row(ofKey: itemKey(event.itemID)))]
      let time = try #require(begun[event.requestID])
      let local = LocalTime(unixMilliseconds: time, zone: catalogue.zones[item.zone])
      #expect(item.hours.isOpen(minuteOfWeek: local.minuteOfWeek))
      #expect(item.openedMilliseconds <= time)
    }
  }

  @Test func `options that make no city are all named`() {
    var options = options("none")
    options.restaurants = 0
    options.days = 1_000_000
    options.endMilliseconds = 5
    options.center = Coordinate(latitude: .nan, longitude: 0)
    #expect(options.problems.count == 4)
    #expect(throws: ImportError.self) { try City.run(options, compileZone: ImporterTests.zone) }
    #expect(folder.names.isEmpty)
  }

  @Test func `a city of one works`() throws {
    var options = options("one")
    options.restaurants = 1
    options.users = 1
    options.days = 1
    #expect(try City.run(options, compileZone: ImporterTests.zone).restaurants == 1)
  }
}
