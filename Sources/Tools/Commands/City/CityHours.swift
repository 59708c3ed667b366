internal import Definitions
internal import Messages

/// The opening hours of a city's places: a handful of habits, each with one day off or none.
struct CityHours {
  /// From and to in minutes of the day; beyond midnight where they close later.
  private static let habits: [[(from: Int, to: Int)]] = [
    [(7 * 60, 16 * 60)],
    [(10 * 60, 24 * 60)],
    [(11 * 60, 22 * 60)],
    [(11 * 60 + 30, 14 * 60 + 30), (17 * 60, 22 * 60)],
    [(17 * 60, 23 * 60)],
    [(16 * 60, 26 * 60)],
    [(8 * 60, 23 * 60)],
    [(11 * 60, 25 * 60)],
  ]
  private static let daysOffCount = 8

  let intervals: [[OpenInterval]]
  let compiled: [OpeningHours]

  init() {
    intervals = Self.habits.flatMap { habit in
      (0..<Self.daysOffCount).map { Self.week(habit, dayOff: $0) }
    }
    compiled = intervals.map { OpeningHours($0) }
  }

  /// A place's index into `intervals`, from two draws between 0 and 1.
  static func index(_ style: Cuisine.Style, habit: Double, dayOff: Double) -> Int {
    let habits =
      switch style {
      case .cafe: [0, 0, 6]
      case .fast: [1, 1, 2, 7]
      case .casual: [2, 2, 3, 6]
      case .dinner: [3, 3, 4, 2]
      case .late: [7, 5, 2, 1]
      }
    // A third take a day off, mostly one of the first two of the week.
    let day = dayOff < 0.14 ? 0 : dayOff < 0.24 ? 1 : dayOff < 0.34 ? Int((dayOff - 0.24) * 70) : 7
    return habits[min(habits.count - 1, Int(habit * Double(habits.count)))] * daysOffCount
      + min(day, 7)
  }

  private static func week(_ habit: [(from: Int, to: Int)], dayOff: Int) -> [OpenInterval] {
    (0..<7).filter { $0 != dayOff }.flatMap { day in
      habit.map { span in
        var interval = OpenInterval()
        interval.fromMinute = UInt32(day * 24 * 60 + span.from)
        interval.toMinute = UInt32(day * 24 * 60 + span.to)
        return interval
      }
    }
  }
}
