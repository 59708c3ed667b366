internal import Definitions
internal import Messages

/// What clocks show in one time zone, read back into Unix time.
struct WallClock: Equatable, Sendable {
  private static let daySeconds: Int64 = 86_400

  private let zone: ZoneTable

  init(_ zone: ZoneTable) { self.zone = zone }

  /// By name: one name is one zone within an import.
  static func == (one: WallClock, other: WallClock) -> Bool { one.zone.name == other.zone.name }

  /// - Parameter milliseconds: what the clock shows, counted as if it were UTC.
  ///
  /// Of an hour that comes twice in autumn, the first; an hour that spring leaves out is read as if
  /// the clock had not been put forward yet.
  func unixMilliseconds(shown milliseconds: Int64) -> Int64 {
    let shown = milliseconds / 1_000
    // No zone changes its clock twice within two days.
    let before = offset(shown - Self.daySeconds)
    let after = offset(shown + Self.daySeconds)
    let isAfterChange =
      offset(shown - before) != before && offset(shown - after) == after
    return milliseconds - (isAfterChange ? after : before) * 1_000
  }

  private func offset(_ unixSeconds: Int64) -> Int64 {
    Int64(zone.offsetSeconds(atUnixSeconds: unixSeconds))
  }
}
