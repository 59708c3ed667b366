import Definitions
import Glibc
import Messages
import RPC
import TestSupport
import Testing

@testable import Retrieval

/// The engine against the plainest possible search over the same items and events.
struct RetrievalEngineTests {
  private func engine(
    _ city: City, _ change: (inout RetrievalParameters) -> Void = { _ in }
  ) -> RetrievalEngine {
    var parameters = RetrievalParameters()
    change(&parameters)
    let engine = RetrievalEngine(catalogue: city.catalogue, parameters: parameters)
    for order in city.orders { engine.apply(order) }
    return engine
  }

  private func filters(_ change: (inout Filters) -> Void = { _ in }) -> Filters {
    var filters = Filters()
    change(&filters)
    return filters
  }

  @Test func `random searches equal the plain search`() throws {
    for seed in UInt64(1)...4 {
      let city = try City(seed: seed)
      let engine = engine(city)
      var generator = SeededGenerator(seed: seed &+ 1_000)
      var nonEmpty = 0
      for _ in 0..<25 {
        let query = PlainSearch.Query(random: &generator)
        let found = engine.search(
          query.center, nowMilliseconds: query.now, userID: query.user, filters: query.filters,
          limit: query.limit)
        let expected = PlainSearch(city: city, parameters: engine.parameters).search(query)
        #expect(found.ids == expected.ids, "seed \(seed), \(query)")
        #expect(found.sources == expected.sources, "seed \(seed), \(query)")
        #expect(Int(found.matched) == expected.matched, "seed \(seed), \(query)")
        #expect(found.logPosition == UInt64(city.orders.count))
        expectColumns(found, of: city, query, "seed \(seed), \(query)")
        nonEmpty += found.ids.isEmpty ? 0 : 1
      }
      #expect(nonEmpty > 10)
    }
  }

  private static let allSources = CandidateSources(list: [
    CandidateSources.Source(.history, share: 0.2), CandidateSources.Source(.haunts, share: 0.2),
    CandidateSources.Source(.coVisits, share: 0.4),
  ])

  @Test func `each source takes its share, and what it proposes passes the filters`() throws {
    let seed: UInt64 = 5
    let city = try City(seed: seed)
    let engine = engine(city) { $0.sources = Self.allSources }
    var generator = SeededGenerator(seed: seed)
    var proposed: [UInt32: Int] = [:]
    for _ in 0..<40 {
      let query = PlainSearch.Query(random: &generator)
      let found = engine.search(
        query.center, nowMilliseconds: query.now, userID: query.user, filters: query.filters,
        limit: query.limit)
      expectColumns(found, of: city, query, "seed \(seed), \(query)")
      #expect(Set(found.ids).count == found.ids.count, "seed \(seed), \(query)")
      #expect(found.sources.allSatisfy { $0 != 0 }, "seed \(seed), \(query)")
      let everything = PlainSearch(city: city, parameters: engine.parameters)
      for id in found.ids {
        #expect(everything.passes(id, query), "\(id), seed \(seed), \(query)")
      }
      for bits in found.sources {
        for name in CandidateSources.Name.allCases where bits & name.bit != 0 {
          proposed[name.bit, default: 0] += 1
        }
      }
    }
    #expect(proposed.count == CandidateSources.Name.allCases.count, "\(proposed)")
  }

  @Test func `a stranger has the place alone, whatever the sources`() throws {
    let city = try City(seed: 6)
    let plain = engine(city)
    let rich = engine(city) { $0.sources = Self.allSources }
    func ids(_ engine: RetrievalEngine) -> [String] {
      engine.search(
        City.center, nowMilliseconds: City.start + 86_400_000, userID: "", filters: filters(),
        limit: 50
      ).ids
    }
    #expect(!ids(plain).isEmpty)
    #expect(ids(plain) == ids(rich))
  }

  private func expectColumns(
    _ found: SearchResponse, of city: City, _ query: PlainSearch.Query, _ comment: Comment
  ) {
    for (index, id) in found.ids.enumerated() {
      let item = city.items.first { $0.id == id }!
      #expect(found.keys[index] == itemKey(id), comment)
      #expect(found.names[index] == item.name, comment)
      #expect(found.prices[index] == item.price, comment)
      #expect(found.ratings[index] == (item.rating < 0 ? -1 : item.rating), comment)
      let distance = query.center.distanceKilometres(to: Coordinate(item.place)!)
      #expect(abs(Double(found.distancesKilometres[index]) - distance) < 1e-3, comment)
      #expect(
        found.categoryNames[Int(found.categories[index])] == item.categories.first ?? "", comment)
      let now = query.now / 1000
      let isOpen = found.openFromSeconds[index] <= now && now < found.openUntilSeconds[index]
      #expect(isOpen == PlainSearch.isOpen(item, at: query.now), comment)
      #expect(isOpen || found.openUntilSeconds[index] == 0, comment)
    }
    let counts = [
      found.keys.count, found.names.count, found.popularities.count, found.scores.count,
      found.sources.count,
    ]
    #expect(counts.allSatisfy { $0 == found.ids.count }, comment)
    #expect(zip(found.scores, found.scores.dropFirst()).allSatisfy(>=), comment)
  }

  @Test func `the past is answered as it was`() throws {
    let city = try City(seed: 9)
    let half = RetrievalEngine(catalogue: city.catalogue)
    let whole = engine(city)
    let middle = City.start + 600_000 * 1_000
    for order in city.orders where order.timeMilliseconds <= middle { half.apply(order) }
    let query = { (engine: RetrievalEngine) in
      engine.search(
        City.center, nowMilliseconds: middle - 2_000_000, userID: "user-3",
        filters: filters {
          $0.includeClosed = true
          $0.radiusKilometres = 40
        }, limit: 50)
    }
    var (then, now) = (query(half), query(whole))
    #expect(then.ids.count == 50)
    (then.logPosition, now.logPosition) = (0, 0)
    #expect(then.encoded() == now.encoded())
  }

  @Test func `a replica that applied the same log answers the same bytes`() throws {
    let city = try City(seed: 2)
    let answers = [engine(city), engine(city)].map {
      $0.search(
        City.center, nowMilliseconds: City.start + 1_000_000_000, userID: "user-1",
        filters: Filters(), limit: 0
      ).encoded()
    }
    #expect(answers[0] == answers[1])
  }

  @Test func `an own item beyond the radius is found up to the factor, and says so`() throws {
    let city = try City(seed: 4, orders: 0)
    let target = city.items.min {
      abs(PlainSearch.distance($0) - 25) < abs(PlainSearch.distance($1) - 25)
    }!
    let engine = engine(city)
    engine.apply(City.order(item: target.id, user: "u", at: City.start))
    func sources(_ radius: Double, _ user: String) -> UInt32? {
      let found = engine.search(
        City.center, nowMilliseconds: City.start, userID: user,
        filters: filters {
          $0.radiusKilometres = radius
          $0.includeClosed = true
        }, limit: 500)
      return found.ids.firstIndex(of: target.id).map { found.sources[$0] }
    }
    let distance = PlainSearch.distance(target)
    #expect(sources(distance + 0.1, "u") == 3)
    #expect(sources(distance + 0.1, "v") == 1)
    #expect(sources(distance - 0.1, "u") == 2)
    #expect(sources(distance - 0.1, "v") == nil)
    #expect(sources(distance / 3 + 0.01, "u") == 2)
    #expect(sources(distance / 3 - 0.01, "u") == nil)
  }

  @Test func `limits and radii are cut to what the parameters allow`() throws {
    let city = try City(seed: 6)
    let engine = engine(city) {
      $0.defaultLimit = 7
      $0.limitMax = 11
      $0.radiusKilometresMax = 15
    }
    func count(_ limit: Int, _ radius: Double) -> (Int, Float) {
      let found = engine.search(
        City.center, nowMilliseconds: City.start, userID: "",
        filters: filters {
          $0.includeClosed = true
          $0.radiusKilometres = radius
        }, limit: limit)
      return (found.ids.count, found.distancesKilometres.max() ?? 0)
    }
    #expect(count(0, 0).0 == 7)
    #expect(count(-5, 0).0 == 7)
    #expect(count(3, 0).0 == 3)
    #expect(count(1_000_000, 0).0 == 11)
    #expect(count(20, 1e9).1 <= 15)
    #expect(count(20, .nan).1 <= 10)
  }

  @Test func `filters that no item can meet, and ones that make no sense, are told`() throws {
    let engine = engine(try City(seed: 6, orders: 0))
    let none = engine.search(
      City.center, nowMilliseconds: 0, userID: "",
      filters: filters { $0.categories = ["Martian"] }, limit: 0)
    #expect(none.ids.isEmpty && none.matched == 0)
    for radius in [-1, .nan, .infinity] {
      let problem = RetrievalEngine.problem(in: filters { $0.radiusKilometres = radius })
      #expect(problem?.hasPrefix("filters.radius_km") == true)
    }
    for price in [0, 5, .max] as [UInt32] {
      #expect(RetrievalEngine.problem(in: filters { $0.prices = [1, price] }) != nil)
    }
    #expect(RetrievalEngine.problem(in: filters { $0.prices = [1, 4] }) == nil)
  }

  @Test func `events that are no orders, and unknown items, only move the position`() throws {
    let engine = RetrievalEngine(catalogue: try City(seed: 1, orders: 0).catalogue)
    var click = City.order(item: "item-1", user: "u", at: 5)
    click.kind = .click
    for event in [click, City.order(item: "gone", user: "u", at: 5), Event()] {
      engine.apply(event)
    }
    let found = engine.search(
      City.center, nowMilliseconds: 10, userID: "u",
      filters: filters {
        $0.includeClosed = true
        $0.radiusKilometres = 100
      }, limit: 500)
    #expect(found.logPosition == 3)
    #expect(found.popularities.count == 400 && found.popularities.allSatisfy { $0 == 0 })
    #expect(found.sources.allSatisfy { $0 == 1 })
  }
}
