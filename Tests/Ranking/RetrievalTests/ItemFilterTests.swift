import Definitions
import Messages
import Testing

@testable import Retrieval

struct ItemFilterTests {
  @Test func `categories and prices pass as the request says`() throws {
    let city = try City(seed: 3, items: 150, orders: 0)
    let rows = city.items.indices.map(Int32.init)
    let columns = ItemColumns(city.catalogue.items, rows: rows)
    for categories in [[], ["Thai"], ["Bar", "Martian"], ["Martian"]] {
      for prices in [[], [1], [2, 4], [0], [77]] as [[UInt32]] {
        var filters = Filters()
        (filters.categories, filters.prices) = (categories, prices)
        let filter = ItemFilter(filters, categoryNames: city.catalogue.categoryNames)
        #expect(filter.wantsNothing == (categories == ["Martian"]))
        for (slot, item) in city.items.enumerated() {
          let expected =
            (prices.isEmpty || item.price != 0 && prices.contains(item.price))
            && (categories.isEmpty || item.categories.contains(where: categories.contains))
          #expect(filter.passes(slot, of: columns) == expected, "\(item.id) \(filters)")
        }
      }
    }
  }
}
