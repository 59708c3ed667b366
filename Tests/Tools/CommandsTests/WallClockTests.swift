import Definitions
import Messages
import Testing

@testable import Commands

struct WallClockTests {
  /// Summer time in 2025: from 30 March 01:00 UTC to 26 October 01:00 UTC.
  static func berlin() throws -> Zone {
    var zone = Zone()
    zone.name = "Europe/Berlin"
    zone.fromUtcSeconds = [0, 1_743_296_400, 1_761_440_400]
    zone.offsetSeconds = [3_600, 7_200, 3_600]
    return zone
  }

  /// What a clock in UTC shows, as milliseconds.
  private func shown(_ text: String) throws -> Int64 {
    try Timestamp.parse(text, unit: .iso8601UTC)
  }

  @Test(arguments: [
    ("2025-01-15 12:00", "2025-01-15 11:00"),
    ("2025-07-15 12:00", "2025-07-15 10:00"),
    ("2025-03-30 01:59", "2025-03-30 00:59"),
    // The hour from 02:00 is left out.
    ("2025-03-30 02:30", "2025-03-30 01:30"),
    ("2025-03-30 03:00", "2025-03-30 01:00"),
    ("2025-10-26 01:59", "2025-10-25 23:59"),
    // The hour from 02:00 comes twice.
    ("2025-10-26 02:30", "2025-10-26 00:30"),
    ("2025-10-26 03:00", "2025-10-26 02:00"),
  ])
  func `what the clock shows is a time in UTC`(local: String, utc: String) throws {
    let clock = WallClock(try ZoneTable(Self.berlin()))
    #expect(clock.unixMilliseconds(shown: try shown(local)) == (try shown(utc)))
  }

  @Test func `every hour of a year comes back from what it shows`() throws {
    let zone = try ZoneTable(Self.berlin())
    let clock = WallClock(zone)
    let start: Int64 = 1_735_689_600
    var twice = 0
    for hour in 0..<Int64(365 * 24) {
      let time = start + hour * 3_600
      let shown = time + Int64(zone.offsetSeconds(atUnixSeconds: time))
      if clock.unixMilliseconds(shown: shown * 1_000) != time * 1_000 { twice += 1 }
    }
    #expect(twice == 1)
  }

  @Test func `a time without an offset needs a clock`() throws {
    let clock = WallClock(try ZoneTable(Self.berlin()))
    let text = "2025-07-15 12:00"
    let error = #expect(throws: RowProblem.self) { try Timestamp.parse(text, unit: .iso8601) }
    #expect(error?.reason.contains("time_zone") == true)
    let expected = try shown("2025-07-15 10:00")
    #expect(try Timestamp.parse(text, unit: .iso8601, clock: clock) == expected)
    // What has an offset is not shown by that clock.
    #expect(try Timestamp.parse(text + "Z", unit: .iso8601, clock: clock) == (try shown(text)))
    #expect(
      try Timestamp.parse("2025-07-15", unit: .iso8601, clock: clock)
        == (try shown("2025-07-14 22:00")))
  }
}
