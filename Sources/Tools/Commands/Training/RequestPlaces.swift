internal import Definitions
internal import Messages

/// Where a user is taken to be when a visit does not say, since a request must name a place: where
/// the user was last, or else lives, or else the middle of the catalogue.
struct RequestPlaces {
  private let catalogue: Catalogue
  private let middle: Coordinate
  private var last: [String: Coordinate] = [:]

  init(_ catalogue: Catalogue) {
    self.catalogue = catalogue
    middle = Self.middle(catalogue.items.map(\.coordinate))
  }

  /// The mean of the degrees: a city's middle, of no use on both sides of the antimeridian.
  private static func middle(_ places: [Coordinate]) -> Coordinate {
    guard !places.isEmpty else { return Coordinate(latitude: 0, longitude: 0) }
    return Coordinate(
      latitude: places.map(\.latitude).reduce(0, +) / Double(places.count),
      longitude: places.map(\.longitude).reduce(0, +) / Double(places.count))
  }

  /// Of an event that has not been noted yet.
  func place(of event: Event) -> Coordinate {
    Coordinate(event.place) ?? last[event.userID] ?? catalogue.users[event.userID]?.home ?? middle
  }

  mutating func note(_ event: Event) {
    guard !event.userID.isEmpty else { return }
    if let place = Coordinate(event.place) {
      last[event.userID] = place
    } else if event.kind == .order, let row = catalogue.row(ofKey: itemKey(event.itemID)) {
      // Whoever orders is, as far as we know, there.
      last[event.userID] = catalogue.items[row].coordinate
    }
  }
}
