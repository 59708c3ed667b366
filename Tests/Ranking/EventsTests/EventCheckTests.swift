import Events
import Messages
import Testing

struct EventCheckTests {
  private let now: Int64 = 1_790_000_000_000

  private func order(_ id: String = "e1") -> Event {
    var event = Event()
    event.id = id
    event.kind = .order
    event.timeMilliseconds = now
    event.userID = "u"
    event.itemID = "i"
    return event
  }

  private func place(_ latitude: Double) -> Place {
    var place = Place()
    (place.latitude, place.longitude) = (latitude, -122.4)
    return place
  }

  private func problem(_ change: (inout Event) -> Void) -> String? {
    var event = order()
    change(&event)
    return EventCheck().problem(in: event, nowMilliseconds: now)
  }

  @Test func `a whole event passes, with and without a place`() {
    #expect(problem { _ in } == nil)
    #expect(problem { $0.place = place(37.7) } == nil)
    #expect(problem { $0.userID = "" } == nil)
    #expect(problem { ($0.kind, $0.itemID) = (.open, "") } == nil)
  }

  @Test func `a bad field is named`() {
    #expect(problem { $0.id = "" }?.hasPrefix("id: ") == true)
    #expect(problem { $0.id = String(repeating: "x", count: 257) }?.hasPrefix("id: ") == true)
    #expect(problem { $0.kind = .unknown }?.hasPrefix("kind: ") == true)
    #expect(problem { $0.itemID = "" }?.hasPrefix("item_id: ") == true)
    #expect(problem { $0.timeMilliseconds = 0 }?.hasPrefix("time_ms: ") == true)
    #expect(problem { $0.value = .nan }?.hasPrefix("value: ") == true)
    #expect(
      problem { $0.place = place(91) }?.hasPrefix("place: ") == true)
  }

  @Test func `a clock may be a little ahead, and no more`() {
    #expect(problem { $0.timeMilliseconds += 5 * 60_000 } == nil)
    #expect(
      problem { $0.timeMilliseconds += 5 * 60_000 + 1 }
        == "time_ms: 1790000300001 lies in the future")
  }

  @Test func `the first bad event of a request is named by its place`() {
    var bad = order("e2")
    bad.timeMilliseconds = -1
    let check = EventCheck()
    #expect(check.problem(in: [order(), order("e3")], nowMilliseconds: now) == nil)
    #expect(
      check.problem(in: [order(), bad], nowMilliseconds: now)
        == "events[1].time_ms: required, Unix milliseconds")
    #expect(check.problem(in: [], nowMilliseconds: now) == "events: there are none")
    let many = (0...1_000).map { order("e\($0)") }
    #expect(
      check.problem(in: many, nowMilliseconds: now)
        == "events: 1001 are more than the 1000 of one request")
  }
}
