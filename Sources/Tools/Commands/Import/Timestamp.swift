/// How a column writes its times.
package enum TimeUnit: String, CaseIterable, Sendable {
  /// `2012-04-03T18:04Z`: a date, `T` or a space, the time with or without seconds and a fraction,
  /// and `Z` or an offset such as `+02:00`. A date alone is its beginning in UTC.
  case iso8601
  /// The same, where times without an offset are UTC.
  case iso8601UTC = "iso8601_utc"
  /// Unix time in seconds; fractions are possible.
  case seconds
  /// Unix time in milliseconds.
  case milliseconds
}

/// Reads times into Unix milliseconds, UTC.
enum Timestamp {
  /// 1990 to 2100: what lies outside is mostly a time in another unit than the declared one.
  static let sane: Range<Int64> = 631_152_000_000..<4_102_444_800_000

  /// Throws for what is not a time of that unit, or not a sane one.
  /// - Parameter clock: that shows the times which have no offset.
  static func parse(
    _ text: String, unit: TimeUnit, clock: WallClock? = nil
  ) throws(RowProblem) -> Int64 {
    guard let time = milliseconds(text, unit, clock) else {
      throw RowProblem(why(text, unit), RowProblem.quote(text))
    }
    return try checked(time, text, as: unit.rawValue)
  }

  private static func why(_ text: String, _ unit: TimeUnit) -> String {
    guard unit == .iso8601 else { return "not a time in \(unit.rawValue)" }
    return iso8601(text, offsetRequired: false, nil) == nil
      ? "not a time like 2012-04-03T18:04:00Z"
      : "a time without an offset; a mapping's \"time_zone\" says whose clock it is"
  }

  /// Throws for what is not written so, or is not a sane time.
  /// - Parameter clock: needed where the pattern has no offset.
  static func parse(
    _ text: String, pattern: TimePattern, clock: WallClock?
  ) throws(RowProblem) -> Int64 {
    guard let reading = pattern.read(text) else {
      throw RowProblem("not a time like \(pattern.text)", RowProblem.quote(text))
    }
    let time = unixMilliseconds(reading.shownMilliseconds, reading.offsetMilliseconds, clock)
    return try checked(time ?? reading.shownMilliseconds, text, as: pattern.text)
  }

  private static func checked(
    _ time: Int64, _ text: String, as written: String
  ) throws(RowProblem) -> Int64 {
    guard sane.contains(time) else {
      throw RowProblem(
        "the time is not between 1990 and 2100; is its unit right?",
        "\(RowProblem.quote(text)) as \(written)")
    }
    return time
  }

  private static func milliseconds(
    _ text: String, _ unit: TimeUnit, _ clock: WallClock?
  ) -> Int64? {
    switch unit {
    case .iso8601: iso8601(text, offsetRequired: clock == nil, clock)
    case .iso8601UTC: iso8601(text, offsetRequired: false, nil)
    case .seconds: wholeMilliseconds(text, perUnit: 1000)
    case .milliseconds: wholeMilliseconds(text, perUnit: 1)
    }
  }

  private static func wholeMilliseconds(_ text: String, perUnit: Double) -> Int64? {
    guard let value = Double(text), value.isFinite else { return nil }
    return Int64(exactly: (value * perUnit).rounded(.down))
  }

  private static func iso8601(
    _ text: String, offsetRequired: Bool, _ clock: WallClock?
  ) -> Int64? {
    var scanner = DigitScanner(text)
    guard let year = scanner.number(digits: 4), scanner.take("-"),
      let month = scanner.number(digits: 2), scanner.take("-"),
      let day = scanner.number(digits: 2),
      let date = CalendarDay(year: year, month: month, day: day)
    else { return nil }
    let midnight = date.unixMilliseconds
    if scanner.isAtEnd { return unixMilliseconds(midnight, nil, clock) ?? midnight }
    guard scanner.take("T") || scanner.take("t") || scanner.take(" "),
      let time = scanner.clockMilliseconds()
    else { return nil }
    if scanner.isAtEnd {
      let shown = midnight + time
      return offsetRequired ? nil : unixMilliseconds(shown, nil, clock) ?? shown
    }
    guard let offset = scanner.offsetMilliseconds(), scanner.isAtEnd else { return nil }
    return midnight + time - offset
  }

  /// Nil where neither an offset nor a clock says what was shown.
  private static func unixMilliseconds(
    _ shown: Int64, _ offset: Int64?, _ clock: WallClock?
  ) -> Int64? {
    offset.map { shown - $0 } ?? clock?.unixMilliseconds(shown: shown)
  }
}
