import Definitions
import Messages
import TestSupport
import Testing

@testable import Retrieval

struct FateTellerTests {
  private static let center = Coordinate(latitude: 40, longitude: -74)
  private static let now: Int64 = 1_700_000_000_000

  private func item(_ id: String, north: Double, _ change: (inout Item) -> Void = { _ in }) -> Item
  {
    var item = Item()
    item.id = id
    item.name = "Item \(id)"
    item.place =
      Coordinate(latitude: Self.center.latitude + north, longitude: Self.center.longitude).place
    item.categories = ["Thai"]
    item.price = 2
    item.rating = 4
    item.zone = "UTC"
    var always = OpenInterval()
    always.toMinute = 10_080
    item.hours = [always]
    change(&item)
    return item
  }

  private func engine(_ items: [Item], orders: [Event] = []) throws -> RetrievalEngine {
    var zone = Zone()
    zone.name = "UTC"
    zone.fromUtcSeconds = [0]
    zone.offsetSeconds = [0]
    let engine = RetrievalEngine(
      catalogue: try Catalogue(records: [.zone(zone)] + items.map(CatalogueRecord.item)))
    for order in orders { engine.apply(order) }
    return engine
  }

  private func fate(
    of id: String, _ engine: RetrievalEngine, user: String = "", limit: Int = 10,
    _ change: (inout Filters) -> Void = { _ in }
  ) throws -> ItemFate {
    var filters = Filters()
    change(&filters)
    let response = engine.search(
      Self.center, nowMilliseconds: Self.now, userID: user, filters: filters, limit: limit,
      explaining: [id])
    #expect(response.fates.count == 1)
    return try #require(response.fates.first)
  }

  @Test func `a candidate is one, and who asks for nobody is told of nobody`() throws {
    let engine = try engine([item("near", north: 0.01)])
    let fate = try fate(of: "near", engine)
    #expect(fate.fate == .retrieved && fate.why.isEmpty && fate.name == "Item near")
    #expect(abs(fate.distanceKilometres - 1.11) < 0.01)
    let plain = engine.search(
      Self.center, nowMilliseconds: Self.now, userID: "", filters: Filters(), limit: 10)
    #expect(plain.fates.isEmpty)
    #expect(Double(try #require(plain.scores.first)) == fate.score)
  }

  @Test func `an item that nobody knows is unknown`() throws {
    let fate = try fate(of: "r17", engine([item("near", north: 0.01)]))
    #expect(fate.fate == .unknown && fate.why == "the catalogue has no item r17")
  }

  @Test func `every filter that holds an item back is named`() throws {
    let engine = try engine([
      item("other", north: 0.2) {
        $0.categories = ["Pizza", "Bar"]
        $0.price = 3
        $0.hours[0].toMinute = 1
      },
      item("plain", north: 0.01) {
        $0.categories = []
        $0.price = 0
      },
    ])
    let other = try fate(of: "other", engine) {
      $0.categories = ["Thai", "Ramen"]
      $0.prices = [1, 2]
    }
    #expect(other.fate == .filtered)
    #expect(
      other.why
        == "category: Pizza, Bar is not among Thai, Ramen; price: level 3 is not among 1, 2; "
        + "hours: closed at the request's time; "
        + "distance: 22.2 km is beyond 10.0 km, and nothing that the user did proposes it")
    let closed = try fate(of: "other", engine) { $0.radiusKilometres = 30 }
    #expect(closed.why == "hours: closed at the request's time")
    let found = try fate(of: "other", engine) {
      $0.radiusKilometres = 30
      $0.includeClosed = true
    }
    #expect(found.fate == .retrieved)
    let plain = try fate(of: "plain", engine) {
      $0.categories = ["Thai"]
      $0.prices = [2]
    }
    #expect(
      plain.why == "category: none is not among Thai; price: an unknown level is not among 2")
  }

  @Test func `what fits and is not chosen learns its rank with each source`() throws {
    let items = (0..<30).map { item("i\($0)", north: 0.001 * Double($0)) }
    let orders = (0..<4).map { index in
      City.order(item: "i\(26 + index)", user: "ann", at: Self.now - 1_000)
    }
    let engine = try engine(items, orders: orders)
    let nobody = try fate(of: "i25", engine)
    #expect(nobody.fate == .notRetrieved)
    // The four that were ordered are popular, and so stand before it.
    #expect(nobody.why == "place: no. 30 of 30 that fit, and 10 candidates are wanted")
    let last = try fate(of: "i29", engine, user: "ann", limit: 2)
    // A quarter of two candidates, rounded up.
    #expect(last.why.hasPrefix("history: no. "), "\(last.why)")
    #expect(last.why.contains(", of which 1 are taken; place: no. 4 of 30"), "\(last.why)")
  }

  /// Fates against the list itself, for random questions.
  @Test func `an item is retrieved when it is among the candidates, and else never`() throws {
    for seed in UInt64(1)...3 {
      let city = try City(seed: seed)
      let engine = RetrievalEngine(catalogue: city.catalogue)
      for order in city.orders { engine.apply(order) }
      var random = SeededGenerator(seed: seed)
      var met: Set<Fate> = []
      for _ in 0..<20 {
        let query = PlainSearch.Query(random: &random)
        let ids = (0..<FateTeller.itemsMax).map { _ in
          "item-\(Int.random(in: 0..<410, using: &random))"
        }
        let found = engine.search(
          query.center, nowMilliseconds: query.now, userID: query.user, filters: query.filters,
          limit: query.limit, explaining: ids)
        for (id, fate) in zip(ids, found.fates) {
          #expect(fate.id == id)
          #expect((fate.fate == .retrieved) == found.ids.contains(id), "seed \(seed), \(query)")
          #expect(fate.why.isEmpty == (fate.fate == .retrieved), "seed \(seed), \(query)")
          met.insert(fate.fate)
        }
      }
      #expect(met == [.retrieved, .notRetrieved, .filtered, .unknown], "seed \(seed): \(met)")
    }
  }
}
