internal import Definitions

/// What an event happened to, or a matrix row is about. Each part may be unknown.
struct FeatureSubject {
  var user: Int?
  var item: Int?
  var category: Int?
  var hour: Int?
  /// A cell of the map: `place(of:)`.
  var place: UInt64?

  /// Parts pack into 64 bits: 5 of the hour, 30 of the item or category (a catalogue has no more), and
  /// 29 of the user.
  static let userBits: UInt64 = 29
  private static let thingBits: UInt64 = 30
  private static let hourBits: UInt64 = 5

  /// Nil where a part is unknown that the entity has.
  func key(of entity: FeatureEntity) -> UInt64? {
    var key: UInt64 = 0
    if entity.hasUser {
      guard let user else { return nil }
      key = UInt64(user) << (Self.thingBits + Self.hourBits)
    }
    if let thing = entity.hasItem ? item : entity.hasCategory ? category : 0 {
      key |= UInt64(thing) << Self.hourBits
    } else {
      return nil
    }
    if entity.hasHour {
      guard let hour else { return nil }
      key |= UInt64(hour)
    }
    if entity.hasPlace {
      guard let place else { return nil }
      // More parts than bits: mixed, so that two of a billion keys meet with a chance of 3 %.
      key = Self.mixed(key ^ Self.mixed(place &+ 1))
    }
    return key
  }

  /// The cell of a thousandth of a degree around the rounded coordinate: what a phone tells of where
  /// someone is, and about a hundred metres.
  static func place(of coordinate: Coordinate?) -> UInt64? {
    guard let coordinate else { return nil }
    let row = Int64((coordinate.latitude * 1_000).rounded()) + 90_000
    let column = Int64((coordinate.longitude * 1_000).rounded()) + 180_000
    return UInt64(row) << 20 | UInt64(column)
  }

  /// The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): one to one.
  private static func mixed(_ value: UInt64) -> UInt64 {
    var mixed = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
