import Definitions
import Messages
import Testing

@testable import Gateway

@Suite struct PopularListTests {
  private func list(_ records: [CatalogueRecord]) throws -> PopularList {
    PopularList(try Catalogue(records: records))
  }

  private func ids(
    _ list: PopularList, radius: Double = 10, limit: Int = 100,
    _ filters: (inout Filters) -> Void = { _ in }
  ) throws -> [String] {
    var wanted = Filters()
    filters(&wanted)
    let question = try Samples.question { $0.filters = wanted }
    return list.candidates(for: question, radiusKilometres: radius, limit: limit).map(\.id)
  }

  @Test func `the most popular that fit come first, up to the limit`() throws {
    let list = try list((0..<5).map { Samples.item("p\($0)") })
    #expect(try ids(list) == ["p0", "p1", "p2", "p3", "p4"])
    #expect(try ids(list, limit: 2) == ["p0", "p1"])
    #expect(try ids(.empty) == [])
    #expect(list.count == 5)
  }

  @Test func `what is too far away is left out`() throws {
    let list = try list([Samples.item("far", north: 0.1), Samples.item("near", north: 0.01)])
    #expect(try ids(list) == ["near"])
    #expect(try ids(list, radius: 20) == ["far", "near"])
  }

  @Test func `what is closed is left out unless asked for`() throws {
    // Samples.now is Monday 12:00 UTC.
    let list = try list([
      Samples.item("lunch", hours: 660...780), Samples.item("dinner", hours: 1_080...1_320),
      Samples.item("until noon", hours: 480...720), Samples.item("from noon", hours: 720...721),
    ])
    #expect(try ids(list) == ["lunch", "from noon"])
    #expect(try ids(list) { $0.includeClosed = true }.count == 4)
  }

  @Test func `filters on category and price are kept to`() throws {
    let list = try list([
      Samples.item("pizza"), Samples.item("thai") { $0.categories = ["thai", "noodles"] },
      Samples.item("unpriced") { $0.price = 0 }, Samples.item("dear") { $0.price = 4 },
    ])
    #expect(try ids(list) { $0.categories = ["noodles"] } == ["thai"])
    #expect(try ids(list) { $0.categories = ["sushi"] } == [])
    #expect(try ids(list) { $0.prices = [4, 1] } == ["dear"])
    #expect(try ids(list) { $0.prices = [2] } == ["pizza", "thai"])
  }

  @Test func `candidates carry what the light model reads`() throws {
    let list = try list([
      Samples.item("first", north: 0.01), Samples.item("second") { $0.rating = -1 },
    ])
    let found = list.candidates(for: try Samples.question(), radiusKilometres: 10, limit: 10)
    #expect(found.map(\.popularity) == [1, 0.5])
    #expect(found.map(\.rating) == [4, -1])
    #expect(found[0].category == "pizza")
    #expect(found[0].key == itemKey("first"))
    #expect(abs(found[0].distanceKilometres - 1.11) < 0.01)
    #expect(found[0].open.contains(Samples.nowSeconds))
    #expect(found.allSatisfy { $0.isOfPlace })
  }

  @Test func `a list longer than needed is cut`() throws {
    let records = (0..<PopularList.itemsMax + 5).map { Samples.item("p\($0)") }
    #expect(try list(records).count == PopularList.itemsMax)
  }
}
