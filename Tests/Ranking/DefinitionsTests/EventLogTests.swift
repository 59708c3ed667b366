import Definitions
import Messages
import RPC
import Storage
import TestSupport
import Testing

struct EventLogTests {
  let folder = TemporaryFolder()

  private func event(_ id: String) -> Event {
    var event = Event()
    event.id = id
    event.kind = .order
    event.timeMilliseconds = 77
    event.userID = "u"
    event.itemID = "i"
    event.requestID = "r"
    event.position = 3
    event.value = 12.5
    event.place = Coordinate(latitude: 8, longitude: 9).place
    return event
  }

  @Test func `events come in log order with positions from 1, a torn one not at all`() throws {
    let writer = try RecordWriter(creating: folder.file("e"), kind: EventLog.kind)
    for id in ["a", "b", "c"] { try writer.append(event(id).encoded()) }
    try writer.finish()
    var found: [String] = []
    let end = try EventLog.read(folder.file("e")) { found.append("\($0.id)\($1)") }
    #expect(found == ["a1", "b2", "c3"])
    #expect(end == .complete)
    folder.write(Array(folder.bytes(of: "e").dropLast()), to: "e")
    found = []
    let torn = try EventLog.read(folder.file("e")) { found.append("\($0.id)\($1)") }
    #expect(found == ["a1", "b2"])
    #expect(torn != .complete)
  }

  @Test func `a record that is no event is named, and errors of the reader pass through`() throws {
    let writer = try RecordWriter(creating: folder.file("e"), kind: EventLog.kind)
    try writer.append(event("a").encoded())
    try writer.append([0x0A, 0xFF])
    try writer.finish()
    let error = #expect(throws: DataError.self) { try EventLog.read(folder.file("e")) { _, _ in } }
    #expect(error?.record == 2)
    struct Stop: Error {}
    #expect(throws: Stop.self) { try EventLog.read(folder.file("e")) { _, _ in throw Stop() } }
  }

  @Test func `a logged event keeps what replay needs`() {
    let logged = LoggedEvent(event("a"))
    #expect((logged.id, logged.requestID, logged.kind) == ("a", "r", .order))
    #expect((logged.user, logged.item) == (itemKey("u"), itemKey("i")))
    #expect((logged.timeMilliseconds, logged.position, logged.value) == (77, 3, 12.5))
    #expect(logged.coordinate == Coordinate(latitude: 8, longitude: 9))
    #expect(LoggedEvent(Event()).coordinate == nil)
  }
}
