package import Messages

/// The newest events of a log, for followers that are nearly up to date.
package struct RecentEvents: Sendable {
  /// Events kept: some 30 MB, and minutes of a busy day.
  package static let defaultEventsMax = 100_000

  private let eventsMax: Int
  private var events: [Event] = []
  /// Of the last event.
  private var end: UInt64

  package init(after position: UInt64, eventsMax: Int = RecentEvents.defaultEventsMax) {
    end = position
    self.eventsMax = eventsMax
  }

  package mutating func append(_ event: Event) {
    events.append(event)
    end += 1
    // A quarter at once, so that the moving is paid for by many events.
    if events.count > eventsMax + eventsMax / 4 { events.removeFirst(events.count - eventsMax) }
  }

  /// The events behind a position, at most `limit`; nil when they are not kept any more.
  package func events(after position: UInt64, limit: Int) -> [Event]? {
    let first = end - UInt64(events.count)
    guard position >= first else { return nil }
    guard position < end else { return [] }
    return Array(events.dropFirst(Int(position - first)).prefix(limit))
  }
}
