internal import Messages
internal import RPC

/// Takes catalogue records one by one and refuses those that make no sense.
struct CatalogueBuilder {
  /// Rows are 32-bit inside; a fleet with more items shards them.
  static let itemsMax = 1 << 30

  let source: String
  /// Number of the record that is being added.
  var record: UInt64 = 0
  private(set) var items: [CatalogueItem] = []
  private(set) var rows = KeyTable()
  private(set) var users: [String: CatalogueUser] = [:]
  private(set) var zones: [ZoneTable] = []
  private(set) var categoryNames: [String] = []
  private(set) var fingerprint: UInt64 = 0xCBF2_9CE4_8422_2325
  private var zoneIndexes: [String: Int] = [:]
  private var categoryIndexes: [String: Int] = [:]
  // Most items share their categories and hours with others: one array serves them all.
  private var categoryLists: [[String]: [Int]] = [:]
  private var hoursLists: [[UInt64]: OpeningHours] = [:]

  init(source: String) { self.source = source }

  mutating func add(
    decoding bytes: UnsafeRawBufferPointer, checksum: UInt32, in arena: Arena
  ) throws(DataError) {
    arena.reset()
    let decoded: CatalogueRecord
    do throws(InvalidMessage) {
      decoded = try CatalogueRecord(decoding: bytes, in: arena)
    } catch {
      throw invalid("\(error)")
    }
    try add(decoded, checksum: checksum)
  }

  mutating func add(_ record: CatalogueRecord, checksum: UInt32) throws(DataError) {
    switch record {
    case .zone(let zone): try add(zone)
    case .item(let item): try add(item)
    case .user(let user): try add(user)
    case .unknown: break
    }
    fingerprint = (fingerprint ^ UInt64(checksum)) &* 0x9E37_79B9_7F4A_7C15
    fingerprint ^= fingerprint >> 32
  }

  private mutating func add(_ zone: Zone) throws(DataError) {
    let table: ZoneTable
    do throws(InvalidZone) { table = try ZoneTable(zone) } catch { throw invalid("\(error)") }
    guard zoneIndexes.updateValue(zones.count, forKey: zone.name) == nil else {
      throw invalid("time zone \"\(zone.name)\" is there twice")
    }
    zones.append(table)
  }

  private mutating func add(_ user: User) throws(DataError) {
    if user.id.isEmpty { throw invalid("a user without an id") }
    let home = Coordinate(user.home)
    if user.home != nil, home == nil {
      throw invalid("user \"\(user.id)\": \(Self.invalidPlace)")
    }
    guard users.updateValue(CatalogueUser(id: user.id, home: home), forKey: user.id) == nil else {
      throw invalid("user \"\(user.id)\" is there twice")
    }
  }

  private mutating func add(_ item: Item) throws(DataError) {
    if let problem = Self.problem(in: item) { throw invalid(problem) }
    guard let coordinate = Coordinate(item.place) else {
      throw invalid("item \"\(item.id)\": \(Self.invalidPlace)")
    }
    guard items.count < Self.itemsMax else { throw invalid("more than \(Self.itemsMax) items") }
    let zone = try zone(of: item)
    let key = itemKey(item.id)
    if let row = rows.insert(key) {
      let other = items[row].id
      throw invalid(
        other == item.id
          ? "item \"\(item.id)\" is there twice"
          : "items \"\(other)\" and \"\(item.id)\" have the same key; rename one of them")
    }
    items.append(
      CatalogueItem(
        key: key, id: item.id, name: item.name, coordinate: coordinate,
        categories: categories(item.categories), price: Int(item.price),
        rating: item.rating >= 0 ? item.rating : .nan, ratings: Int(item.ratings),
        hours: hours(item.hours), zone: zone, openedMilliseconds: item.openedMilliseconds))
  }

  private func invalid(_ reason: String) -> DataError {
    DataError(source: source, record: record, reason: reason)
  }
}

/// The parts of an item.
extension CatalogueBuilder {
  private static let invalidPlace =
    "its place needs a latitude of -90 to 90 and a longitude of -180 to 180"

  private static func problem(in item: Item) -> String? {
    if item.id.isEmpty { return "an item without an id" }
    if item.price > 4 { return "item \"\(item.id)\": price \(item.price) is not 0 to 4" }
    if item.rating > 5 { return "item \"\(item.id)\": rating \(item.rating) is over 5" }
    for interval in item.hours {
      if let problem = OpeningHours.problem(in: interval) {
        return "item \"\(item.id)\": \(problem)"
      }
    }
    return nil
  }

  /// An item that names no zone keeps UTC.
  private mutating func zone(of item: Item) throws(DataError) -> Int {
    let name = item.zone.isEmpty ? ZoneTable.utc.name : item.zone
    if let index = zoneIndexes[name] { return index }
    guard item.zone.isEmpty else {
      throw invalid("item \"\(item.id)\": unknown time zone \"\(name)\"")
    }
    zoneIndexes[name] = zones.count
    zones.append(.utc)
    return zones.count - 1
  }

  private mutating func categories(_ names: [String]) -> [Int] {
    if let list = categoryLists[names] { return list }
    let list = names.map { name in
      if let index = categoryIndexes[name] { return index }
      categoryIndexes[name] = categoryNames.count
      categoryNames.append(name)
      return categoryNames.count - 1
    }
    categoryLists[names] = list
    return list
  }

  private mutating func hours(_ intervals: [OpenInterval]) -> OpeningHours {
    let minutes = intervals.map { UInt64($0.fromMinute) << 32 | UInt64($0.toMinute) }
    if let hours = hoursLists[minutes] { return hours }
    let hours = OpeningHours(intervals)
    hoursLists[minutes] = hours
    return hours
  }
}
