/// A day of the Gregorian calendar that exists.
struct CalendarDay: Equatable {
  private let year: Int
  private let month: Int
  private let day: Int

  /// Nil for the 30th of February.
  init?(year: Int, month: Int, day: Int) {
    guard (1...12).contains(month), day >= 1, day <= Self.days(ofMonth: month, year) else {
      return nil
    }
    (self.year, self.month, self.day) = (year, month, day)
  }

  private static func days(ofMonth month: Int, _ year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  /// Of its beginning in UTC. The year begins in March, so that the leap day ends it.
  var unixMilliseconds: Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let days = 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    return Int64(days) * 86_400_000
  }
}
