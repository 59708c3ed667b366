import Messages
import RPC
import Testing

@testable import Commands

struct EventSorterTests {
  private func event(_ id: String, _ time: Int64, _ kind: EventKind = .click) -> Event {
    var event = Event()
    event.id = id
    event.timeMilliseconds = time
    event.kind = kind
    return event
  }

  private func flush(_ sorter: inout EventSorter, before end: Int64 = .max) throws -> [String] {
    var ids: [String] = []
    try sorter.flush(before: end) { payload, row in
      ids.append(try Event(decoding: payload).id + (row.map { "@\($0)" } ?? ""))
    }
    return ids
  }

  @Test func `events of one time stay in the order in which they came`() throws {
    var sorter = EventSorter()
    for (id, time) in [("c", 5), ("a", 3), ("d", 5), ("b", 3)] as [(String, Int64)] {
      sorter.append(event(id, time), row: nil)
    }
    #expect(try flush(&sorter) == ["a", "b", "c", "d"])
    #expect(sorter.count == 0)
  }

  @Test func `later events wait for the next time and keep their rows`() throws {
    var sorter = EventSorter()
    sorter.append(event("late", 9, .order), row: 7)
    sorter.append(event("early", 2, .click), row: 7)
    sorter.append(event("edge", 5, .order), row: 0)
    #expect(try flush(&sorter, before: 5) == ["early"])
    sorter.append(event("between", 7), row: nil)
    #expect(try flush(&sorter) == ["edge@0", "between", "late@7"])
  }
}
