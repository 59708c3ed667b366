/// What an event happened to, or a matrix row is about. Each part may be unknown.
struct FeatureSubject {
  var user: Int?
  var item: Int?
  var category: Int?
  var hour: Int?

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
    return key
  }
}
