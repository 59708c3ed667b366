import Definitions
import Features
import Messages
import Testing

@testable import Commands

struct NegativeSamplerTests {
  /// A row of places going east, half a kilometre apart.
  private func catalogue() throws -> Catalogue {
    try Catalogue(
      records: (0..<400).map { index in
        var item = Item()
        item.id = "v\(index)"
        item.place =
          Coordinate(latitude: 40, longitude: -74)
          .moved(eastKilometres: Double(index) * 0.5, northKilometres: 0).place
        return .item(item)
      })
  }

  private func order(_ user: String, _ item: Int, at place: Coordinate? = nil) -> Event {
    var event = Event()
    event.kind = .order
    event.userID = user
    event.itemID = "v\(item)"
    event.place = place?.place
    return event
  }

  private func rows(_ catalogue: Catalogue, _ keys: [UInt64]) -> [Int] {
    keys.compactMap { catalogue.row(ofKey: $0) }
  }

  @Test func `negatives are different, known, and never the order's own item`() throws {
    let catalogue = try catalogue()
    let sampler = NegativeSampler(catalogue)
    var splitMix = SplitMix64(seed: 7)
    for item in 0..<60 { sampler.note(order("u\(item % 3)", item)) }
    let rows = rows(catalogue, sampler.negatives(order("u0", 3), &splitMix))
    #expect(rows.count == 40)
    #expect(Set(rows).count == rows.count)
    #expect(!rows.contains(3))
  }

  @Test func `they come from the user's own, the popular and the near`() throws {
    let catalogue = try catalogue()
    var counts = NegativeCounts()
    counts.near = 5
    counts.popular = 1
    counts.own = 1
    let sampler = NegativeSampler(catalogue, counts: counts)
    for _ in 0..<3 { sampler.note(order("other", 300)) }
    sampler.note(order("u", 200))
    var splitMix = SplitMix64(seed: 7)
    let place = catalogue.items[10].coordinate
    let rows = rows(catalogue, sampler.negatives(order("u", 10, at: place), &splitMix))
    #expect(rows[0] == 200)
    #expect(rows[1] == 300)
    #expect(rows.count == 7)
    #expect(rows.dropFirst(2).allSatisfy { abs($0 - 10) <= 12 }, "\(rows)")
  }

  @Test func `an order without a place is at the user's last one`() throws {
    let catalogue = try catalogue()
    var counts = NegativeCounts()
    (counts.popular, counts.own) = (0, 0)
    let sampler = NegativeSampler(catalogue, counts: counts)
    sampler.note(order("u", 0, at: catalogue.items[250].coordinate))
    var splitMix = SplitMix64(seed: 7)
    let rows = rows(catalogue, sampler.negatives(order("u", 10), &splitMix))
    #expect(rows.count == 20)
    #expect(rows.allSatisfy { abs($0 - 250) <= 30 }, "\(rows)")
  }

  @Test func `what is forgotten comes up no more`() throws {
    let catalogue = try catalogue()
    var counts = NegativeCounts()
    counts.near = 0
    let sampler = NegativeSampler(catalogue, counts: counts)
    sampler.note(order("u", 20))
    sampler.forget()
    var splitMix = SplitMix64(seed: 7)
    #expect(sampler.negatives(order("u", 10), &splitMix).isEmpty)
  }
}
