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
  static func parse(_ text: String, unit: TimeUnit) throws(RowProblem) -> Int64 {
    guard let time = milliseconds(text, unit) else {
      throw RowProblem(
        unit == .iso8601
          ? "not a time like 2012-04-03T18:04:00Z" : "not a time in \(unit.rawValue)",
        RowProblem.quote(text))
    }
    guard sane.contains(time) else {
      throw RowProblem(
        "the time is not between 1990 and 2100; is its unit right?",
        "\(RowProblem.quote(text)) as \(unit.rawValue)")
    }
    return time
  }

  private static func milliseconds(_ text: String, _ unit: TimeUnit) -> Int64? {
    switch unit {
    case .iso8601: iso8601(text, offsetRequired: true)
    case .iso8601UTC: iso8601(text, offsetRequired: false)
    case .seconds: wholeMilliseconds(text, perUnit: 1000)
    case .milliseconds: wholeMilliseconds(text, perUnit: 1)
    }
  }

  private static func wholeMilliseconds(_ text: String, perUnit: Double) -> Int64? {
    guard let value = Double(text), value.isFinite else { return nil }
    return Int64(exactly: (value * perUnit).rounded(.down))
  }

  static func iso8601(_ text: String, offsetRequired: Bool) -> Int64? {
    var scanner = DigitScanner(text)
    guard let year = scanner.number(digits: 4), scanner.take("-"),
      let month = scanner.number(digits: 2), (1...12).contains(month), scanner.take("-"),
      let day = scanner.number(digits: 2), day >= 1, day <= daysIn(month: month, year: year)
    else { return nil }
    let midnight = Int64(daysSince1970(year, month, day)) * 86_400_000
    if scanner.isAtEnd { return midnight }
    guard scanner.take("T") || scanner.take("t") || scanner.take(" "),
      let clock = scanner.clockMilliseconds()
    else { return nil }
    if scanner.isAtEnd { return offsetRequired ? nil : midnight + clock }
    guard let offset = scanner.offsetMilliseconds(), scanner.isAtEnd else { return nil }
    return midnight + clock - offset
  }

  private static func daysIn(month: Int, year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  /// Of the Gregorian calendar; the year begins in March, so that the leap day ends it.
  private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
  }
}

/// Fixed runs of digits, as times of day and dates have them.
struct DigitScanner {
  private let bytes: [UInt8]
  private var offset = 0

  init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

  var isAtEnd: Bool { offset == bytes.count }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  mutating func number(digits: Int) -> Int? {
    guard offset + digits <= bytes.count else { return nil }
    var value = 0
    for byte in bytes[offset..<(offset + digits)] {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    offset += digits
    return value
  }

  /// `18:04`, `18:04:59`, `18:04:59.123`; a leap second counts as the one before it.
  mutating func clockMilliseconds() -> Int64? {
    guard let hour = number(digits: 2), hour < 24, take(":"),
      let minute = number(digits: 2), minute < 60
    else { return nil }
    var milliseconds = Int64(hour * 60 + minute) * 60_000
    guard take(":") else { return milliseconds }
    guard let second = number(digits: 2), second <= 60 else { return nil }
    milliseconds += Int64(min(second, 59)) * 1000
    guard take(".") || take(",") else { return milliseconds }
    var (place, digitsCount) = (Int64(100), 0)
    while let digit = number(digits: 1) {
      milliseconds += Int64(digit) * place
      place /= 10
      digitsCount += 1
    }
    return digitsCount > 0 ? milliseconds : nil
  }

  /// `Z`, `+02:00`, `-0530`, `+02`.
  mutating func offsetMilliseconds() -> Int64? {
    if take("Z") || take("z") { return 0 }
    let isWest = take("-")
    guard isWest || take("+"), let hour = number(digits: 2), hour <= 14 else { return nil }
    let hasColon = take(":")
    let minute = isAtEnd && !hasColon ? 0 : number(digits: 2)
    guard let minute, minute < 60 else { return nil }
    return Int64(hour * 60 + minute) * (isWest ? -60_000 : 60_000)
  }
}
