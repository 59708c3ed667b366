internal import Definitions
internal import Messages

/// One visit of the test period, and what was served for it.
struct RankedVisit {
  struct Item: Equatable {
    /// Of the catalogue; nil for an item that it lacks.
    let row: Int?
    let score: Double
    /// Bits of the sources that proposed it.
    let sources: UInt32
  }

  let event: Event
  /// Of the request.
  let place: Coordinate
  /// The user had never been there before, whatever the cluster was told.
  let isFirst: Bool
  /// As served.
  let items: [Item]
  /// Index of the item that was taken.
  let taken: Int?
  let isDegraded: Bool

  init(
    _ event: Event, at place: Coordinate, isFirst: Bool, _ response: RankResponse,
    catalogue: Catalogue
  ) {
    self.event = event
    self.place = place
    self.isFirst = isFirst
    items = response.items.map {
      Item(row: catalogue.row(ofKey: itemKey($0.id)), score: $0.score, sources: $0.sources)
    }
    taken = response.items.firstIndex { $0.id == event.itemID }
    isDegraded = response.degraded
  }
}
