package import Node
package import RPC

/// How a replica takes part in the live log: the settings `events.…`.
package struct LogSettings: Configuration {
  /// Where the replicas that keep the log listen.
  package let follow: ReplicaSource
  /// Of a replica without a state yet: it begins the log as its writer, unless others have one.
  package let isFounder: Bool
  package let horizon: Int
  package let waitingEventsMax: Int
  package let copyWaitMilliseconds: Int

  /// Of a replica that keeps the log.
  package init(reading settings: inout Settings) {
    follow = Self.follow(&settings)
    isFounder = settings.flag(
      "writer", default: false,
      "begins the log as its writer, if no other replica has one; once there is a state folder, "
        + "that says who writes")
    horizon = settings.integer(
      "horizon", default: SeenEvents.defaultHorizon, in: 1_000...100_000_000, unit: "events",
      "whose ids are remembered, so that one that comes again is no new event")
    waitingEventsMax = settings.integer(
      "waiting_max", default: 20_000, in: 1_000...1_000_000, unit: "events",
      "that wait for the disk; more are refused")
    copyWaitMilliseconds = settings.integer(
      "copy_wait_ms", default: 50, in: 0...10_000, unit: "milliseconds",
      "that an append waits for a follower to have it on disk too, if one follows")
  }

  package static func follow(_ settings: inout Settings) -> ReplicaSource {
    settings.value(
      "follow", default: ReplicaSource.list([]), shown: \.description,
      placeholder: "ADDRESS,…|file:PATH|dns:NAME:PORT",
      "where the replicas that keep the log listen, this one may be among them; "
        + "a file has one address a line and is watched, a name is looked up again"
    ) { text throws(SettingProblem) in
      guard let source = ReplicaSource(text) else {
        throw SettingProblem(
          "\"\(text)\" is neither addresses, separated by commas, file:PATH nor dns:NAME:PORT")
      }
      return source
    }
  }
}

extension ReplicaSource {
  /// Whether it can ever list anybody.
  package var isEmpty: Bool { self == .list([]) }
}
