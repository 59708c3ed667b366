import Events
import Messages
import Testing

struct RecentEventsTests {
  private func event(_ number: Int) -> Event {
    var event = Event()
    event.id = "e\(number)"
    return event
  }

  @Test func `events are found by the position before them`() {
    var recent = RecentEvents(after: 10)
    #expect(recent.events(after: 10, limit: 5)?.count == 0)
    for number in 11...14 { recent.append(event(number)) }
    #expect(recent.events(after: 10, limit: 5)?.map(\.id) == ["e11", "e12", "e13", "e14"])
    #expect(recent.events(after: 12, limit: 1)?.map(\.id) == ["e13"])
    #expect(recent.events(after: 14, limit: 5)?.count == 0)
    #expect(recent.events(after: 99, limit: 5)?.count == 0)
    #expect(recent.events(after: 9, limit: 5) == nil)
  }

  @Test func `old events are let go, and what is kept stays in its place`() {
    var recent = RecentEvents(after: 0, eventsMax: 8)
    for number in 1...100 {
      recent.append(event(number))
      let kept = (0...UInt64(number)).filter { recent.events(after: $0, limit: 1) != nil }
      #expect(kept.count - 1 <= 10)
      #expect(kept.count - 1 >= min(8, number))
      #expect(
        recent.events(after: UInt64(number) - 1, limit: 9)?.map(\.id) == ["e\(number)"])
    }
  }
}
