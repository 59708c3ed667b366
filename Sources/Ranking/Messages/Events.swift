package import CMessages
package import RPC

package enum EventKind: UInt32, Sendable, CaseIterable {
  case unknown = 0
  /// Opened the app.
  case open = 1
  /// Was shown the item.
  case impression = 2
  case click = 3
  /// Ordered from, visited, bought.
  case order = 4
  case rating = 5

  package init(_ c: Brigade__V1__EventKind) { self = Self(rawValue: c.rawValue) ?? .unknown }
  package var c: Brigade__V1__EventKind { Brigade__V1__EventKind(rawValue: rawValue) }
}

package struct Event: Message {
  /// Unique; the same id twice is one event.
  package var id: String = ""
  package var kind: EventKind = .unknown
  /// Unix time, UTC.
  package var timeMilliseconds: Int64 = 0
  package var userID: String = ""
  package var itemID: String = ""
  /// Of the ranking that led to it, if any.
  package var requestID: String = ""
  /// 1 for the first place in that ranking; 0 unknown.
  package var position: UInt32 = 0
  /// Order: its price; rating: 1 to 5.
  package var value: Double = 0
  /// Where the user was; absent unknown.
  package var place: Place?

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__Event>?) -> Void {
    brigade__v1__event__init
  }

  package init(_ c: Brigade__V1__Event) {
    id = String(c.id)
    kind = EventKind(c.kind)
    timeMilliseconds = c.time_ms
    userID = String(c.user_id)
    itemID = String(c.item_id)
    requestID = String(c.request_id)
    position = c.position
    value = c.value
    place = Place(c.place)
  }

  package func write(to c: inout Brigade__V1__Event, in arena: Arena) {
    c.id = arena.string(id)
    c.kind = kind.c
    c.time_ms = timeMilliseconds
    c.user_id = arena.string(userID)
    c.item_id = arena.string(itemID)
    c.request_id = arena.string(requestID)
    c.position = position
    c.value = value
    c.place = arena.message(place)
  }
}
