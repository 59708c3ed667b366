/// What the clock and the calendar of a place show.
package struct LocalTime: Hashable, Sendable {
  package static let minutesInWeek = 7 * 24 * 60

  /// 0 is Monday 00:00.
  package let minuteOfWeek: Int

  package init(unixMilliseconds: Int64, zone: ZoneTable) {
    let seconds = unixMilliseconds.dividedDown(by: 1000)
    let local = seconds + Int64(zone.offsetSeconds(atUnixSeconds: seconds))
    // Unix time began on a Thursday, three days into its week.
    let minutes = local.dividedDown(by: 60) + 3 * 24 * 60
    let week = Int64(Self.minutesInWeek)
    minuteOfWeek = Int(minutes - minutes.dividedDown(by: week) * week)
  }

  /// 0 to 23.
  package var hour: Int { minuteOfWeek / 60 % 24 }
  /// 0 is Monday.
  package var weekday: Int { minuteOfWeek / (24 * 60) }
}

extension Int64 {
  /// Rounded towards minus infinity, as calendars need it before 1970.
  func dividedDown(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
