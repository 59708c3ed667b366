internal import Definitions
internal import Features
internal import Messages
internal import RPC
internal import Storage

/// Writes the data folder that the services load: the catalogue, the log, the popular items and the
/// feature definition.
///
/// The files are put in place by `finish` alone, so a folder keeps what it had when something fails
/// before. Memory: the encoded items and users; events are written as they come.
final class DataFolderWriter {
  /// Enough for the gateway to fill any page near a user, and loaded in milliseconds.
  static let popularItemsMax = 1_000
  /// The limit of JSON texts; a definition is a hundredth of it.
  private static let featuresBytesMax = 16 << 20

  private let folder: String
  private let features: [UInt8]
  private let events: RecordWriter
  private let arena = Arena()
  private var zones = EncodedRecords()
  private var items = EncodedRecords()
  private var users = EncodedRecords()
  private var orderCounts: [Int32] = []
  private(set) var eventsCount = 0

  /// Makes the folder where it is missing. `featuresPath` is checked and copied at the end.
  init(folder: String, featuresPath: String) throws {
    self.folder = folder
    features = try FileContents.read(featuresPath, bytesMax: Self.featuresBytesMax)
    _ = try FeatureDefinition(parsing: features, file: featuresPath)
    try FileContents.makeFolder(folder)
    events = try RecordWriter(creating: "\(folder)/events.brigade", kind: EventLog.kind)
  }

  var itemsCount: Int { items.count }
  var usersCount: Int { users.count }

  func add(_ zone: Zone) { zones.append(CatalogueRecord.zone(zone), in: arena) }

  func add(_ user: User) { users.append(CatalogueRecord.user(user), in: arena) }

  /// The item's row is the count of items before it.
  func add(_ item: Item) {
    items.append(CatalogueRecord.item(item), in: arena)
    orderCounts.append(0)
  }

  /// Events in log order; `orderedRow` is the item's row when the event is an order.
  func add(event payload: [UInt8], orderedRow: Int?) throws {
    try events.append(payload)
    eventsCount += 1
    if let orderedRow { orderCounts[orderedRow] += 1 }
  }

  func finish() throws {
    let catalogue = try RecordWriter(
      creating: "\(folder)/catalogue.brigade", kind: Catalogue.kind)
    for records in [zones, items, users] {
      for index in 0..<records.count { try catalogue.append(records[index]) }
    }
    let popular = try RecordWriter(
      creating: "\(folder)/popular.brigade", kind: Catalogue.popularKind)
    for index in 0..<zones.count { try popular.append(zones[index]) }
    for row in popularRows { try popular.append(items[row]) }
    try catalogue.finish()
    try events.finish()
    try popular.finish()
    try FileContents.write(features, to: "\(folder)/features.json")
  }

  /// Most orders first; of equal ones, the catalogue's order.
  private var popularRows: [Int] {
    Array(
      orderCounts.indices
        .sorted { (-orderCounts[$0], $0) < (-orderCounts[$1], $1) }
        .prefix(Self.popularItemsMax))
  }
}
