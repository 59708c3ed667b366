package import Messages

/// An `Event` as replay keeps it: ids that are only compared are keys.
package struct LoggedEvent: Sendable {
  package let id: String
  package let requestID: String
  package let kind: EventKind
  /// Unix time, UTC.
  package let timeMilliseconds: Int64
  /// `itemKey` of the user's id; that of the empty id when there was no user.
  package let user: UInt64
  /// `itemKey` of the item's id; that of the empty id for an event without one.
  package let item: UInt64
  /// Place in the ranking that led to it, from 1; 0 unknown.
  package let position: UInt32
  /// Order: its price; rating: 1 to 5.
  package let value: Double
  /// Where the user was; nil where unknown or not on the earth.
  package let coordinate: Coordinate?

  package init(_ event: Event) {
    id = event.id
    requestID = event.requestID
    kind = event.kind
    timeMilliseconds = event.timeMilliseconds
    user = itemKey(event.userID)
    item = itemKey(event.itemID)
    position = event.position
    value = event.value
    coordinate = Coordinate(event.place)
  }
}
