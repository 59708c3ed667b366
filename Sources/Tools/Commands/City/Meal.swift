/// When people eat.
enum Meal: Int, CaseIterable {
  case breakfast, lunch, dinner, late

  /// The middle and the deviation of when sessions begin, local minutes of the day.
  var minutes: (mean: Double, deviation: Double) {
    switch self {
    case .breakfast: (8 * 60 + 50, 45)
    case .lunch: (12 * 60 + 20, 40)
    case .dinner: (18 * 60 + 50, 55)
    case .late: (22 * 60 + 10, 40)
    }
  }

  /// How often one is ordered, relative to a user's own rate. `weekday` 0 is Monday.
  func frequency(weekday: Int) -> Double {
    let isWeekend = weekday >= 5
    let isNightOut = weekday == 4 || weekday == 5
    return switch self {
    case .breakfast: isWeekend ? 0.25 : 0.12
    case .lunch: isWeekend ? 0.25 : 0.35
    case .dinner: isNightOut ? 0.75 : 0.5
    case .late: isNightOut ? 0.2 : 0.07
    }
  }
}
