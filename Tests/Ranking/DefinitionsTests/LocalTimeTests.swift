import Definitions
import Messages
import Testing

struct LocalTimeTests {
  @Test func `Unix time began on a Thursday`() {
    let start = LocalTime(unixMilliseconds: 0, zone: .utc)
    #expect((start.weekday, start.hour, start.minuteOfWeek) == (3, 0, 3 * 1440))
    let before = LocalTime(unixMilliseconds: -1, zone: .utc)
    #expect((before.weekday, before.hour, before.minuteOfWeek) == (2, 23, 3 * 1440 - 1))
  }

  @Test func `a Friday evening in the Mission`() throws {
    var zone = Zone()
    zone.name = "America/Los_Angeles"
    zone.fromUtcSeconds = [0]
    zone.offsetSeconds = [-7 * 3600]
    // Friday 19 July 2024, 18:45.
    let time = LocalTime(unixMilliseconds: 1_721_439_900_000, zone: try ZoneTable(zone))
    #expect((time.weekday, time.hour, time.minuteOfWeek) == (4, 18, 4 * 1440 + 18 * 60 + 45))
  }

  @Test func `the ends of time do not trap`() {
    for time in [Int64.min, .max] {
      let minute = LocalTime(unixMilliseconds: time, zone: .utc).minuteOfWeek
      #expect((0..<LocalTime.minutesInWeek).contains(minute))
    }
  }
}
