import Definitions
import Messages
import RPC
import Storage
import TestSupport
import Testing

@testable import Commands

struct EvaluationFolderTests {
  private let folder = TemporaryFolder()

  private func data() throws -> VisitLog {
    folder.makeFolder("data")
    var item = Item()
    item.id = "v"
    item.place = Coordinate(latitude: 40, longitude: -74).place
    let catalogue = try RecordWriter(
      creating: folder.file("data/catalogue.brigade"), kind: Catalogue.kind)
    try catalogue.append(CatalogueRecord.item(item).encoded())
    try catalogue.finish()
    let events = try RecordWriter(
      creating: folder.file("data/events.brigade"), kind: EventLog.kind)
    for number in 0..<40 {
      var event = Event()
      event.id = "e\(number)"
      // Every second event is a visit; one order in ten is of nothing known.
      event.kind = number % 2 == 0 ? .order : .click
      event.itemID = number % 20 == 18 ? "unknown" : "v"
      event.timeMilliseconds = Int64(1_500_000_000_000 + number)
      try events.append(event.encoded())
    }
    try events.finish()
    folder.write("{}", to: "data/features.json")
    folder.write("", to: "data/popular.brigade")
    return VisitLog(
      folder: folder.file("data"),
      catalogue: try Catalogue(loading: folder.file("data/catalogue.brigade")))
  }

  private func ids(_ path: String) throws -> [String] {
    var ids: [String] = []
    try EventLog.read(path) { event, _ in ids.append(event.id) }
    return ids
  }

  @Test func `an order of an item that the catalogue lacks is no visit`() throws {
    #expect(try data().count() == 18)
  }

  @Test func `the log ends before the test period, whatever a run has appended`() throws {
    let data = try data()
    let split = TimeSplit(visits: try data.count())
    // Visits 0...15 of 18; the sixteenth is event 32, and what follows it up to the next visit is
    // not of the test period.
    #expect(split.tuneEnd == 16)
    for _ in 0..<2 {
      try EvaluationFolder.write(from: data, split: split, to: folder.file("work/data"))
      #expect(try ids(folder.file("work/data/events.brigade")) == (0..<34).map { "e\($0)" })
      let writer = try RecordWriter(
        appendingTo: folder.file("work/data/events.brigade"), kind: EventLog.kind)
      try writer.append(Event().encoded())
      try writer.close()
    }
  }

  @Test func `the rest of the data is there, and the given folder stays as it was`() throws {
    let data = try data()
    let before = folder.bytes(of: "data/events.brigade")
    try EvaluationFolder.write(
      from: data, split: TimeSplit(visits: 18), to: folder.file("work/data"))
    #expect(folder.bytes(of: "work/data/features.json") == Array("{}".utf8))
    #expect(throws: Never.self) {
      try Catalogue(loading: folder.file("work/data/catalogue.brigade"))
    }
    #expect(folder.bytes(of: "data/events.brigade") == before)
  }
}
