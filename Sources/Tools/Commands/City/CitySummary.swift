internal import JSON
package import Messages

/// What a simulated city came to.
package struct CitySummary: Equatable, Sendable {
  package internal(set) var restaurants = 0
  package internal(set) var users = 0
  package internal(set) var neighbourhoods = 0
  package internal(set) var sessions = 0
  package internal(set) var events = 0
  package internal(set) var eventsByKind: [EventKind: Int] = [:]
  package internal(set) var radiusKilometres = 0.0

  package var text: String {
    let kinds = EventKind.allCases.compactMap { kind in
      eventsByKind[kind].map { "\($0) \(kind.text)" }
    }
    return """
      simulated city: \(restaurants) restaurants in \(neighbourhoods) neighbourhoods, \(users) users,
        \(sessions) sessions, \(events) events (\(kinds.joined(separator: ", ")))
      """
  }

  /// One JSON object.
  package var json: String {
    var writer = JSONWriter(pretty: true)
    writer.object { writer in
      writer.member("simulated", true)
      writer.member("restaurants", restaurants)
      writer.member("users", users)
      writer.member("neighbourhoods", neighbourhoods)
      writer.member("radius_km", radiusKilometres)
      writer.member("sessions", sessions)
      writer.member("events", events)
      writer.key("events_by_kind")
      writer.object { writer in
        for kind in EventKind.allCases {
          if let count = eventsByKind[kind] { writer.member(kind.text, count) }
        }
      }
    }
    return writer.string
  }
}
