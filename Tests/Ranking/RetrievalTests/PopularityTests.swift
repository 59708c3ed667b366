import Testing

@testable import Retrieval

struct PopularityTests {
  @Test func `orders halve with every half-life and later ones do not count`() {
    var popularity = Popularity(slots: 2, halfLifeMilliseconds: 1_000)
    for time in [0, 1_000, 5_000] as [Int64] {
      popularity.order(slot: 1, timeMilliseconds: time, value: 1)
    }
    #expect(popularity.decayedOrders(slot: 0, at: 9_000) == 0)
    #expect(popularity.decayedOrders(slot: 1, at: 1_000) == 1.5)
    #expect(popularity.decayedOrders(slot: 1, at: 3_000) == 0.375)
    #expect(popularity.decayedOrders(slot: 1, at: 5_000) == 1.09375)
  }
}
