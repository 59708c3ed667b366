import Definitions
import Messages
import TestSupport
import Testing

struct OpeningHoursTests {
  private let week = LocalTime.minutesInWeek

  private func hours(_ intervals: [(UInt32, UInt32)]) -> OpeningHours {
    OpeningHours(intervals.map(interval))
  }

  private func interval(_ minutes: (UInt32, UInt32)) -> OpenInterval {
    var interval = OpenInterval()
    (interval.fromMinute, interval.toMinute) = minutes
    return interval
  }

  @Test func `random hours agree with a minute-by-minute week`() throws {
    for seed in UInt64(0)..<40 {
      var generator = SeededGenerator(seed: seed)
      var minutes = [Bool](repeating: false, count: week)
      let intervals = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
        let from = Int.random(in: 0..<week, using: &generator)
        let to = from + Int.random(in: 1...3000, using: &generator)
        for minute in from..<to { minutes[minute % week] = true }
        return (UInt32(from), UInt32(to))
      }
      let hours = hours(intervals)
      #expect(hours.alwaysOpen == !minutes.contains(false), "seed \(seed)")
      for minute in stride(from: 0, to: week, by: 7) {
        #expect(hours.isOpen(minuteOfWeek: minute) == minutes[minute], "seed \(seed) at \(minute)")
        expectInterval(of: hours, at: minute, minutes, "seed \(seed) at \(minute)")
      }
    }
  }

  /// Monday 5 January 1970 begins at 345,600 s.
  private func expectInterval(
    of hours: OpeningHours, at minute: Int, _ minutes: [Bool], _ comment: Comment
  ) {
    let now = 345_600 + Int64(minute) * 60
    let found = hours.interval(containing: now * 1000 + 59_999, zone: .utc)
    #expect((found != nil) == minutes[minute], comment)
    guard let found, !hours.alwaysOpen else { return }
    var (from, until) = (0, 0)
    while minutes[(minute - from - 1 + week) % week] { from += 1 }
    while minutes[(minute + until) % week] { until += 1 }
    #expect(found.fromSeconds == now - Int64(from) * 60, comment)
    #expect(found.untilSeconds == now + Int64(until) * 60, comment)
  }

  @Test func `no hours mean always open`() throws {
    let hours = OpeningHours([])
    #expect(hours.alwaysOpen)
    #expect(hours.isOpen(minuteOfWeek: 0))
    let found = try #require(hours.interval(containing: 5, zone: .utc))
    #expect(found == OpeningHours.always)
    #expect(self.hours([(0, 10_080)]).alwaysOpen)
    #expect(self.hours([(5_000, 15_080)]).alwaysOpen)
  }

  @Test func `what is no interval counts as closed, not as always open`() {
    for bad in [(10_080, 10_090), (5, 5), (9, 3), (0, 10_081), (.max, .max)] as [(UInt32, UInt32)] {
      #expect(OpeningHours.problem(in: interval(bad)) != nil)
      #expect(!hours([bad]).isOpen(minuteOfWeek: 5))
      #expect(!hours([bad]).alwaysOpen)
    }
    #expect(OpeningHours.problem(in: interval((10_079, 20_159))) == nil)
  }

  @Test func `across a change of the clock, an end is on the clock that holds there`() throws {
    var message = Zone()
    message.name = "New York 2012"
    message.fromUtcSeconds = [0, 1_331_449_200, 1_352_008_800]
    message.offsetSeconds = [-5 * 3600, -4 * 3600, -5 * 3600]
    let zone = try ZoneTable(message)
    // Saturday 18:00 to Sunday 04:00.
    let hours = hours([(5 * 1440 + 1080, 6 * 1440 + 240)])
    // 10 March 2012, 23:00 EST: opened 18:00 EST, closes 04:00 EDT, which is 9 hours.
    let spring = try #require(hours.interval(containing: 1_331_438_400_000, zone: zone))
    #expect(spring == (1_331_420_400, 1_331_420_400 + 9 * 3600))
    // 3 November 2012, 23:00 EDT: opened 18:00 EDT, closes 04:00 EST, which is 11 hours.
    let autumn = try #require(hours.interval(containing: 1_351_998_000_000, zone: zone))
    #expect(autumn == (1_351_980_000, 1_351_980_000 + 11 * 3600))
  }

  @Test func `an interval always contains its moment, also when the clock changes`() throws {
    var message = Zone()
    message.name = "X"
    message.fromUtcSeconds = [0, 1_331_449_200, 1_352_008_800]
    message.offsetSeconds = [-5 * 3600, -4 * 3600, -5 * 3600]
    let zone = try ZoneTable(message)
    let hours = hours([(6 * 1440 + 30, 6 * 1440 + 150), (6 * 1440 + 200, 6 * 1440 + 210)])
    for change in message.fromUtcSeconds.dropFirst() {
      for second in stride(from: change - 10_800, through: change + 10_800, by: 30) {
        guard let found = hours.interval(containing: second * 1000, zone: zone) else { continue }
        #expect(found.fromSeconds <= second && second < found.untilSeconds, "at \(second)")
      }
    }
  }
}
