package import CMessages
package import RPC

/// WGS 84, degrees.
package struct Place: Message {
  package var latitude: Double = 0
  package var longitude: Double = 0

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__Place>?) -> Void {
    brigade__v1__place__init
  }

  package init(_ c: Brigade__V1__Place) {
    latitude = c.latitude
    longitude = c.longitude
  }

  package func write(to c: inout Brigade__V1__Place, in arena: Arena) {
    c.latitude = latitude
    c.longitude = longitude
  }
}

/// Half-open: [from_minute, to_minute) of the local week, minute 0 is Monday 00:00, 10080 ends it.
/// to_minute may be beyond 10080 for an interval that runs into the next week.
package struct OpenInterval: Message {
  package var fromMinute: UInt32 = 0
  package var toMinute: UInt32 = 0

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__OpenInterval>?) -> Void {
    brigade__v1__open_interval__init
  }

  package init(_ c: Brigade__V1__OpenInterval) {
    fromMinute = c.from_minute
    toMinute = c.to_minute
  }

  package func write(to c: inout Brigade__V1__OpenInterval, in arena: Arena) {
    c.from_minute = fromMinute
    c.to_minute = toMinute
  }
}

/// Offsets of one time zone: offset_seconds[i] east of UTC holds from from_utc_seconds[i] on.
package struct Zone: Message {
  /// America/New_York.
  package var name: String = ""
  package var fromUtcSeconds: [Int64] = []
  package var offsetSeconds: [Int32] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__Zone>?) -> Void {
    brigade__v1__zone__init
  }

  package init(_ c: Brigade__V1__Zone) {
    name = String(c.name)
    fromUtcSeconds = Array(c.from_utc_seconds, c.n_from_utc_seconds)
    offsetSeconds = Array(c.offset_seconds, c.n_offset_seconds)
  }

  package func write(to c: inout Brigade__V1__Zone, in arena: Arena) {
    c.name = arena.string(name)
    (c.from_utc_seconds, c.n_from_utc_seconds) = (arena.array(fromUtcSeconds), fromUtcSeconds.count)
    (c.offset_seconds, c.n_offset_seconds) = (arena.array(offsetSeconds), offsetSeconds.count)
  }
}

package struct Item: Message {
  package var id: String = ""
  package var name: String = ""
  package var place: Place?
  /// Cuisines, most specific first.
  package var categories: [String] = []
  /// 1 cheap to 4 dear; 0 unknown.
  package var price: UInt32 = 0
  /// 0 to 5; negative unknown.
  package var rating: Float = 0
  /// How many made it.
  package var ratings: UInt32 = 0
  /// None: always open.
  package var hours: [OpenInterval] = []
  /// Name of a Zone of the same file.
  package var zone: String = ""
  /// Unix time when it joined, 0 unknown.
  package var openedMilliseconds: Int64 = 0

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__Item>?) -> Void {
    brigade__v1__item__init
  }

  package init(_ c: Brigade__V1__Item) {
    id = String(c.id)
    name = String(c.name)
    place = Place(c.place)
    categories = Array(c.categories, c.n_categories)
    price = c.price
    rating = c.rating
    ratings = c.ratings
    hours = Array(c.hours, c.n_hours)
    zone = String(c.zone)
    openedMilliseconds = c.opened_ms
  }

  package func write(to c: inout Brigade__V1__Item, in arena: Arena) {
    c.id = arena.string(id)
    c.name = arena.string(name)
    c.place = arena.message(place)
    (c.categories, c.n_categories) = (arena.strings(categories), categories.count)
    c.price = price
    c.rating = rating
    c.ratings = ratings
    (c.hours, c.n_hours) = (arena.messages(hours), hours.count)
    c.zone = arena.string(zone)
    c.opened_ms = openedMilliseconds
  }
}

package struct User: Message {
  package var id: String = ""
  /// Absent: unknown.
  package var home: Place?

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__User>?) -> Void {
    brigade__v1__user__init
  }

  package init(_ c: Brigade__V1__User) {
    id = String(c.id)
    home = Place(c.home)
  }

  package func write(to c: inout Brigade__V1__User, in arena: Arena) {
    c.id = arena.string(id)
    c.home = arena.message(home)
  }
}

/// One record of a catalogue file.
package enum CatalogueRecord: Message {
  case zone(Zone)
  case item(Item)
  case user(User)
  /// Written by a later version; skipped.
  case unknown

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__CatalogueRecord>?) -> Void {
    brigade__v1__catalogue_record__init
  }

  package init(_ c: Brigade__V1__CatalogueRecord) {
    self =
      switch c.record_case {
      case BRIGADE__V1__CATALOGUE_RECORD__RECORD_ZONE: .zone(Zone(c.zone.pointee))
      case BRIGADE__V1__CATALOGUE_RECORD__RECORD_ITEM: .item(Item(c.item.pointee))
      case BRIGADE__V1__CATALOGUE_RECORD__RECORD_USER: .user(User(c.user.pointee))
      default: .unknown
      }
  }

  package func write(to c: inout Brigade__V1__CatalogueRecord, in arena: Arena) {
    switch self {
    case .zone(let zone):
      c.record_case = BRIGADE__V1__CATALOGUE_RECORD__RECORD_ZONE
      c.zone = arena.message(zone)
    case .item(let item):
      c.record_case = BRIGADE__V1__CATALOGUE_RECORD__RECORD_ITEM
      c.item = arena.message(item)
    case .user(let user):
      c.record_case = BRIGADE__V1__CATALOGUE_RECORD__RECORD_USER
      c.user = arena.message(user)
    case .unknown: break
    }
  }
}
