internal import Definitions

/// Which items are open at the moment of a search.
///
/// Items share zones and, mostly, hours: the clock is read once a zone, and hours are looked up
/// once for each pair of hours and zone that a search meets. Answers are kept until a local clock
/// moves on by a minute, so searches as of now share them.
struct OpenNow {
  private struct Schedule: Hashable {
    let hours: OpeningHours
    let zone: Int
  }

  private let zones: [ZoneTable]
  private var schedules: [Schedule] = []
  /// By slot of the index.
  private var scheduleOfSlot: [Int32] = []
  private var minutes: [Int]
  /// By schedule: twice the generation of its answer, plus one if it is open.
  private var answers: [UInt64]
  private var generation: UInt64 = 1

  init(_ catalogue: Catalogue, rows: [Int32]) {
    zones = catalogue.zones
    minutes = Array(repeating: -1, count: zones.count)
    var indexes: [Schedule: Int32] = [:]
    scheduleOfSlot.reserveCapacity(rows.count)
    for row in rows {
      let item = catalogue.items[Int(row)]
      let schedule = Schedule(hours: item.hours, zone: item.zone)
      let index = indexes[schedule, default: Int32(schedules.count)]
      if Int(index) == schedules.count {
        indexes[schedule] = index
        schedules.append(schedule)
      }
      scheduleOfSlot.append(index)
    }
    answers = Array(repeating: 0, count: schedules.count)
  }

  mutating func move(to nowMilliseconds: Int64) {
    var moved = false
    for (index, zone) in zones.enumerated() {
      let minute = LocalTime(unixMilliseconds: nowMilliseconds, zone: zone).minuteOfWeek
      if minutes[index] != minute {
        minutes[index] = minute
        moved = true
      }
    }
    if moved { generation += 1 }
  }

  mutating func isOpen(slot: Int) -> Bool {
    let index = Int(scheduleOfSlot[slot])
    if answers[index] >> 1 == generation { return answers[index] & 1 == 1 }
    let schedule = schedules[index]
    let open = schedule.hours.isOpen(minuteOfWeek: minutes[schedule.zone])
    answers[index] = generation << 1 | (open ? 1 : 0)
    return open
  }
}
