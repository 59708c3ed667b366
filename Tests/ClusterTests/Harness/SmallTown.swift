import Definitions
import JSON
import Messages
import RPC
import Storage
import TestSupport

/// A town of a few hundred restaurants with its users and their orders, and a model of a few
/// stumps, in a folder as `brigade import` and training leave it.
struct SmallTown {
  static let center = Coordinate(latitude: 37.7599, longitude: -122.4148)
  /// A Friday, 18:45 on the town's clock.
  static let nowMilliseconds: Int64 = 1_759_542_300_000
  static let userIDs = (0..<40).map { "user-\($0)" }
  private static let itemCount = 300
  private static let orderCount = 2_000
  private static let seed: UInt64 = 20_251_003

  let dataFolder: String
  let modelsFolder: String

  init(in folder: TemporaryFolder) throws {
    folder.makeFolder("data")
    dataFolder = folder.file("data")
    modelsFolder = folder.file("models")
    var random = SeededGenerator(seed: Self.seed)
    let items = (0..<Self.itemCount).map { Self.item($0, &random) }
    let users = Self.userIDs.map { Self.user($0, &random) }
    try Self.write(
      [.zone(Self.zone)] + items.map(CatalogueRecord.item) + users.map(CatalogueRecord.user),
      to: "\(dataFolder)/catalogue.brigade", kind: Catalogue.kind)
    try Self.write(
      [.zone(Self.zone)] + items.prefix(100).map(CatalogueRecord.item),
      to: "\(dataFolder)/popular.brigade", kind: Catalogue.popularKind)
    try Self.write(
      (0..<Self.orderCount).map { Self.order($0, &random) },
      to: "\(dataFolder)/events.brigade", kind: EventLog.kind)
    let definition = try DiskFile.read(Self.definitionPath, limitBytes: 1 << 20)
    folder.write(definition, to: "data/features.json")
    folder.write(try Self.model(definition), to: "models/browse/1/model.txt")
  }

  static var definitionPath: String { "\(Checkout.root)/deploy/features.json" }

  private static func write<M: Message>(_ records: [M], to path: String, kind: String) throws {
    let writer = try RecordWriter(creating: path, kind: kind)
    for record in records { try writer.append(record.encoded()) }
    try writer.finish()
  }

  private static var zone: Zone {
    var zone = Zone()
    zone.name = "America/Los_Angeles"
    zone.fromUtcSeconds = [0]
    zone.offsetSeconds = [-7 * 3_600]
    return zone
  }

  private static func near(_ random: inout SeededGenerator) -> Place {
    Coordinate(
      latitude: center.latitude + .random(in: -0.03...0.03, using: &random),
      longitude: center.longitude + .random(in: -0.03...0.03, using: &random)
    ).place
  }

  private static func item(_ number: Int, _ random: inout SeededGenerator) -> Item {
    var item = Item()
    item.id = "item-\(number)"
    item.name = "Restaurant \(number)"
    item.place = near(&random)
    item.categories = [["Thai", "Pizza", "Sushi", "Taqueria", "Ramen"][number % 5]]
    item.price = UInt32(number % 4 + 1)
    item.rating = .random(in: 2...5, using: &random)
    item.ratings = .random(in: 0...500, using: &random)
    item.zone = zone.name
    return item
  }

  private static func user(_ id: String, _ random: inout SeededGenerator) -> User {
    var user = User()
    user.id = id
    user.home = near(&random)
    return user
  }

  /// Within the sixty days before `now`, in order.
  private static func order(_ number: Int, _ random: inout SeededGenerator) -> Event {
    let span: Int64 = 60 * 86_400_000
    var event = Event()
    event.id = "order-\(number)"
    event.kind = .order
    event.timeMilliseconds =
      nowMilliseconds - span + span * Int64(number) / Int64(orderCount)
    event.userID = userIDs.randomElement(using: &random) ?? ""
    let draw = Int.random(in: 0..<itemCount, using: &random)
    event.itemID = "item-\(draw * draw / itemCount)"
    event.value = 25
    event.place = near(&random)
    return event
  }

  /// Columns of the shipped definition.
  static var featureCount: UInt32 {
    let definition = (try? DiskFile.read(definitionPath, limitBytes: 1 << 20)) ?? []
    return UInt32((try? featureNames(definition))?.count ?? 0)
  }

  private static func featureNames(_ definition: [UInt8]) throws -> [String] {
    try JSONValue(parsing: definition)["features"]?.array?.compactMap { $0["name"]?.string } ?? []
  }

  /// A stump for each feature, and no schema card: rows of whatever the definition has are scored.
  private static func model(_ definition: [UInt8]) throws -> String {
    let names = try featureNames(definition)
    let trees = names.indices.map { index in
      """
      Tree=\(index)
      num_leaves=2
      num_cat=0
      split_feature=\(index)
      threshold=\(index == 0 ? 1.5 : 0.5)
      decision_type=10
      left_child=-1
      right_child=-2
      leaf_value=\(index == 0 ? "0.5 -0.5" : "-0.125 0.0625")
      shrinkage=1


      """
    }
    return """
      tree
      version=v4
      num_class=1
      num_tree_per_iteration=1
      label_index=0
      max_feature_idx=\(names.count - 1)
      objective=lambdarank
      feature_names=\(names.joined(separator: " "))

      \(trees.joined())end of trees

      """
  }
}
