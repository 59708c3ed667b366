import Definitions
import Messages
import TestSupport
import Testing

@testable import Retrieval

struct OpenNowTests {
  @Test func `answers follow the clock of each item's zone, forwards and backwards`() throws {
    let city = try City(seed: 8, items: 120, orders: 0)
    let rows = GeoIndex(city.catalogue.items.map(\.coordinate)).rows
    var openNow = OpenNow(city.catalogue, rows: rows)
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<40 {
      let now = City.start + .random(in: 0...604_800_000, using: &generator)
      openNow.move(to: now)
      for (slot, row) in rows.enumerated() {
        let expected = PlainSearch.isOpen(city.items[Int(row)], at: now)
        #expect(openNow.isOpen(slot: slot) == expected, "seed 8, row \(row) at \(now)")
        #expect(openNow.isOpen(slot: slot) == expected, "asked again")
      }
    }
  }
}
