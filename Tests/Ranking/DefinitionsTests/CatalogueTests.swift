import Definitions
import Messages
import RPC
import Storage
import TestSupport
import Testing

struct CatalogueTests {
  let folder = TemporaryFolder()

  private func zone(_ name: String) -> CatalogueRecord {
    var zone = Zone()
    zone.name = name
    zone.fromUtcSeconds = [0]
    zone.offsetSeconds = [3600]
    return .zone(zone)
  }

  private func item(_ id: String, _ change: (inout Item) -> Void = { _ in }) -> CatalogueRecord {
    var item = Item()
    item.id = id
    item.name = "Name of \(id)"
    item.place = Coordinate(latitude: 1, longitude: 2).place
    item.zone = "Z"
    change(&item)
    return .item(item)
  }

  private func user(_ id: String, home: Place? = nil) -> CatalogueRecord {
    var user = User()
    user.id = id
    user.home = home
    return .user(user)
  }

  private var records: [CatalogueRecord] {
    [
      zone("Y"), zone("Z"),
      item("a") {
        $0.categories = ["Thai", "Asian"]
        $0.price = 3
        $0.rating = 4.5
        $0.ratings = 12
        $0.openedMilliseconds = 99
      },
      item("b") {
        $0.categories = ["Asian", "Thai"]
        $0.rating = -1
        $0.zone = ""
        var hours = OpenInterval()
        hours.toMinute = 60
        $0.hours = [hours]
      },
      user("u", home: Coordinate(latitude: 5, longitude: 6).place), user("v"), .unknown,
    ]
  }

  private func expectSound(_ catalogue: Catalogue) throws {
    #expect(catalogue.items.map(\.id) == ["a", "b"])
    #expect(catalogue.categoryNames == ["Thai", "Asian"])
    #expect(catalogue.zones.map(\.name) == ["Y", "Z", "UTC"])
    let first = catalogue.items[0]
    #expect((first.key, first.name) == (itemKey("a"), "Name of a"))
    #expect(first.coordinate == Coordinate(latitude: 1, longitude: 2))
    #expect(first.categories == [0, 1])
    #expect((first.price, first.rating, first.ratings, first.zone) == (3, 4.5, 12, 1))
    #expect(first.openedMilliseconds == 99)
    #expect(first.hours.alwaysOpen)
    let second = catalogue.items[1]
    #expect(second.categories == [1, 0])
    #expect(second.rating.isNaN)
    #expect(second.zone == 2)
    #expect(second.hours.isOpen(minuteOfWeek: 59) && !second.hours.isOpen(minuteOfWeek: 60))
    #expect(catalogue.users["u"]?.home == Coordinate(latitude: 5, longitude: 6))
    #expect(try #require(catalogue.users["v"]).home == nil)
    #expect(catalogue.row(ofKey: itemKey("b")) == 1)
    #expect(catalogue.row(ofKey: 1) == nil)
  }

  @Test func `records become a catalogue, from memory and from a file alike`() throws {
    let writer = try RecordWriter(creating: folder.file("c"), kind: Catalogue.kind)
    for record in records { try writer.append(record.encoded()) }
    try writer.finish()
    let (made, loaded) = (
      try Catalogue(records: records), try Catalogue(loading: folder.file("c"))
    )
    try expectSound(made)
    try expectSound(loaded)
    #expect(made.fingerprint == loaded.fingerprint)
    #expect(made.fingerprint != (try Catalogue(records: records.dropLast(2))).fingerprint)
  }

  @Test func `what makes no sense is refused with the number of its record`() {
    let off = Coordinate(latitude: 91, longitude: 0).place
    let cases: [(CatalogueRecord, String)] = [
      (item("a"), "item \"a\" is there twice"),
      (item(""), "an item without an id"),
      (item("c") { $0.place = nil }, "item \"c\": its place needs"),
      (item("c") { $0.place = off }, "item \"c\": its place needs"),
      (item("c") { $0.zone = "Q" }, "item \"c\": unknown time zone \"Q\""),
      (item("c") { $0.price = 5 }, "item \"c\": price 5 is not 0 to 4"),
      (item("c") { $0.rating = 5.5 }, "item \"c\": rating 5.5 is over 5"),
      (item("c") { $0.hours = [OpenInterval()] }, "item \"c\": closes before it opens"),
      (user("u"), "user \"u\" is there twice"),
      (user(""), "a user without an id"),
      (user("w", home: off), "user \"w\": its place needs"),
      (zone("Z"), "time zone \"Z\" is there twice"),
      (zone(""), "time zone \"\": it has no name"),
    ]
    for (record, reason) in cases {
      let error = #expect(throws: DataError.self) { try Catalogue(records: records + [record]) }
      #expect(error?.record == UInt64(records.count + 1))
      #expect(error?.reason.hasPrefix(reason) == true, "\(String(describing: error))")
    }
  }

  @Test func `files that are torn, damaged or hold no message are refused`() throws {
    let writer = try RecordWriter(creating: folder.file("c"), kind: Catalogue.kind)
    try writer.append([0x0A, 0xFF, 0xFF])
    try writer.finish()
    let error = #expect(throws: DataError.self) { try Catalogue(loading: folder.file("c")) }
    #expect(error?.record == 1)
    #expect(error?.description.hasPrefix("\(folder.path)/c: record 1: ") == true)
    folder.write(Array(folder.bytes(of: "c").dropLast()), to: "c")
    #expect(throws: DataError.self) { try Catalogue(loading: folder.file("c")) }
    #expect(throws: DataError.self) { try Catalogue(loading: folder.file("absent")) }
    try RecordWriter(creating: folder.file("p"), kind: Catalogue.popularKind).finish()
    #expect(throws: DataError.self) { try Catalogue(loading: folder.file("p")) }
    let popular = try Catalogue(loading: folder.file("p"), kind: Catalogue.popularKind)
    #expect(popular.items.isEmpty)
  }

  @Test func `a key finds its row among many, and no other does`() throws {
    let many = [zone("Z")] + (0..<5_000).map { item("item-\($0)") }
    let catalogue = try Catalogue(records: many)
    for row in 0..<5_000 { #expect(catalogue.row(ofKey: itemKey("item-\(row)")) == row) }
    for row in 5_000..<6_000 { #expect(catalogue.row(ofKey: itemKey("item-\(row)")) == nil) }
  }
}
