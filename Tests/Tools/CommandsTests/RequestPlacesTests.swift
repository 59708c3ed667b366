import Definitions
import Messages
import Testing

@testable import Commands

struct RequestPlacesTests {
  private static let west = Coordinate(latitude: 40, longitude: -74)
  private static let east = Coordinate(latitude: 42, longitude: -70)

  private func catalogue() throws -> Catalogue {
    var home = User()
    home.id = "resident"
    home.home = Self.east.place
    return try Catalogue(
      records: [Self.west, Self.east].enumerated().map { index, place in
        var item = Item()
        item.id = "v\(index)"
        item.place = place.place
        return .item(item)
      } + [.user(home)])
  }

  private func event(
    _ user: String, _ kind: EventKind = .order, _ item: String = "v0", at place: Coordinate? = nil
  ) -> Event {
    var event = Event()
    event.userID = user
    event.kind = kind
    event.itemID = item
    event.place = place?.place
    return event
  }

  @Test func `an event's own place comes first, then the last known one`() throws {
    var places = RequestPlaces(try catalogue())
    let (here, there) = (
      Coordinate(latitude: 41, longitude: -73), Coordinate(latitude: 41.5, longitude: -72)
    )
    #expect(places.place(of: event("u", at: here)) == here)
    places.note(event("u", .open, at: there))
    #expect(places.place(of: event("u", at: here)) == here)
    #expect(places.place(of: event("u")) == there)
  }

  @Test func `whoever ordered without a place is where the item is`() throws {
    var places = RequestPlaces(try catalogue())
    places.note(event("u", .order, "v1"))
    #expect(places.place(of: event("u")) == Self.east)
    places.note(event("w", .click, "v1"))
    #expect(places.place(of: event("w")) != Self.east)
  }

  @Test func `a user of whom nothing is known is at home, or else in the middle`() throws {
    let places = RequestPlaces(try catalogue())
    #expect(places.place(of: event("resident")) == Self.east)
    #expect(places.place(of: event("stranger")) == Coordinate(latitude: 41, longitude: -72))
  }

  @Test func `nobody's place is not remembered as somebody's`() throws {
    var places = RequestPlaces(try catalogue())
    places.note(event("", at: Self.west))
    #expect(places.place(of: event("")) == Coordinate(latitude: 41, longitude: -72))
  }
}
