import Definitions
import Messages
import Testing

@testable import Features

@Suite struct HauntsTests {
  let city: SmallCity

  init() throws { city = try SmallCity() }

  private func haunts(_ orders: [(item: Int32, orders: Float)], limit: Int = 9) -> Haunts {
    Haunts(orders, in: city.catalogue, limit: limit)
  }

  private func coordinate(_ item: Int) -> Coordinate { city.catalogue.items[item].coordinate }

  @Test func `the pull is one at the only haunt and falls with the distance`() {
    let haunts = haunts([(3, 7)])
    #expect(haunts.pull(at: coordinate(3)) == 1)
    #expect(haunts.pull(at: coordinate(4)) > haunts.pull(at: coordinate(5)))
    // A hundredth of a degree is 1.11 km: 1 / (1 + 2.22²).
    #expect(abs(haunts.pull(at: coordinate(4)) - 0.168) < 0.002)
  }

  @Test func `orders weigh by their root`() {
    let haunts = haunts([(0, 9), (8, 1)])
    #expect(abs(haunts.pull(at: coordinate(0)) - 0.75) < 0.003)
    #expect(abs(haunts.pull(at: coordinate(8)) - 0.25) < 0.003)
  }

  @Test func `over the limit the most ordered stay, of those as often the first rows`() {
    let haunts = haunts([(9, 1), (2, 5), (0, 1)], limit: 2)
    #expect(haunts.pull(at: coordinate(9)) < 0.01)
    #expect(haunts.pull(at: coordinate(0)) > 0.2)
  }

  @Test func `the nearest haunt of an item is another one`() {
    let haunts = haunts([(4, 1), (6, 1)])
    #expect(abs(haunts.nearestKilometres(to: 4, at: coordinate(4)) - 2.224) < 0.01)
    #expect(abs(haunts.nearestKilometres(to: 5, at: coordinate(5)) - 1.112) < 0.01)
    #expect(self.haunts([(4, 1)]).nearestKilometres(to: 4, at: coordinate(4)).isNaN)
  }

  @Test func `who goes nowhere is pulled nowhere`() {
    #expect(haunts([]).pull(at: coordinate(0)).isNaN)
    #expect(haunts([]).nearestKilometres(to: 0, at: coordinate(0)).isNaN)
  }

  @Test func `distances hold across the date line`() {
    var west = Item()
    west.id = "west"
    west.place = Coordinate(latitude: -17, longitude: 179.999).place
    let catalogue = try? Catalogue(records: [.item(west)])
    guard let catalogue else {
      Issue.record("no catalogue")
      return
    }
    let haunts = Haunts([(0, 1)], in: catalogue, limit: 1)
    let east = Coordinate(latitude: -17, longitude: -179.999)
    #expect(haunts.pull(at: east) > 0.8)
  }
}
