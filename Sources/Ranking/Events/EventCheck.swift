internal import Definitions
package import Messages

/// What the log takes in. An event that passes can be replayed for ever; one that does not is refused
/// with the name of its field.
package struct EventCheck: Sendable, Equatable {
  /// Of one Append.
  package var eventsMax = 1_000
  /// Of an event's, a request's, a user's and an item's id each; a UUID has 36.
  package var idBytesMax = 256
  /// How far an event's time may lie ahead of the clock: clocks differ by seconds, and an event of
  /// next year would be the last one until then.
  package var aheadMillisecondsMax: Int64 = 5 * 60_000

  package init() {}

  /// What is wrong with the events of one Append, naming the first bad one; nil when all may be
  /// appended.
  package func problem(in events: [Event], nowMilliseconds: Int64) -> String? {
    if events.isEmpty { return "events: there are none" }
    if events.count > eventsMax {
      return "events: \(events.count) are more than the \(eventsMax) of one request"
    }
    for (index, event) in events.enumerated() {
      if let problem = problem(in: event, nowMilliseconds: nowMilliseconds) {
        return "events[\(index)].\(problem)"
      }
    }
    return nil
  }

  /// As `field: what is wrong`.
  package func problem(in event: Event, nowMilliseconds: Int64) -> String? {
    if event.id.isEmpty { return "id: required" }
    for (field, id) in [
      ("id", event.id), ("user_id", event.userID), ("item_id", event.itemID),
      ("request_id", event.requestID),
    ] where id.utf8.count > idBytesMax {
      return "\(field): \(id.utf8.count) bytes are more than \(idBytesMax)"
    }
    if event.kind == .unknown { return "kind: required, and one that this version knows" }
    if event.kind != .open, event.itemID.isEmpty { return "item_id: required of this kind" }
    if event.timeMilliseconds <= 0 { return "time_ms: required, Unix milliseconds" }
    if event.timeMilliseconds > nowMilliseconds + aheadMillisecondsMax {
      return "time_ms: \(event.timeMilliseconds) lies in the future"
    }
    if !event.value.isFinite { return "value: not a finite number" }
    if event.place != nil, Coordinate(event.place) == nil {
      return "place: latitude is in -90...90 and longitude in -180...180"
    }
    return nil
  }
}
