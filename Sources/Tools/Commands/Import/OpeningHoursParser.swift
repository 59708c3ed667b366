package import Messages

/// Reads opening hours as OpenStreetMap writes them (wiki.openstreetmap.org/wiki/Key:opening_hours),
/// the part of it that most places need:
///
///     hours := "24/7" | rule (";" rule)*
///     rule  := [days] (spans | "off" | "closed")
///     days  := day ["-" day] ("," day ["-" day])*        Mo Tu We Th Fr Sa Su
///     spans := HH:MM "-" HH:MM ("," HH:MM "-" HH:MM)*
///
/// A rule without days is for all of them. A later rule replaces what earlier ones said of its days.
/// Closing at or before the opening time means the next day, and so do times up to 48:00. Holidays,
/// months, sunset and open ends are refused rather than guessed.
package enum OpeningHoursParser {
  private static let days = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
  private static let minutesInDay = 24 * 60

  private struct Span {
    var from: Int
    var to: Int
  }

  package static func parse(_ text: String) throws(RowProblem) -> [OpenInterval] {
    if text == "24/7" { return [interval(from: 0, to: 7 * minutesInDay)] }
    var week: [[Span]] = Array(repeating: [], count: 7)
    for rule in text.split(separator: ";") {
      let words = rule.split(whereSeparator: \.isWhitespace)
      if words.isEmpty { continue }
      let (days, spans) = try self.rule(words, of: text)
      for day in days { week[day] = spans }
    }
    let intervals = week.indices.flatMap { day in
      week[day].map { span in
        interval(from: day * minutesInDay + span.from, to: day * minutesInDay + span.to)
      }
    }
    // No hours would mean always open: the opposite.
    if intervals.isEmpty { throw problem(text, "it is never open") }
    return intervals
  }

  private static func interval(from: Int, to: Int) -> OpenInterval {
    var interval = OpenInterval()
    interval.fromMinute = UInt32(from)
    interval.toMinute = UInt32(to)
    return interval
  }

  /// Spaces separate the days from the spans, and may follow commas within either.
  private static func rule(
    _ words: [Substring], of text: String
  ) throws(RowProblem) -> ([Int], [Span]) {
    let first = words.firstIndex { word in
      word == "off" || word == "closed" || word.utf8.first.map(isDigit) == true
    }
    guard let first else { throw problem(text, "\"\(words.joined(separator: " "))\" has no times") }
    let days = words[..<first].joined()
    let spans = words[first...].joined()
    return (
      days.isEmpty ? Array(0..<7) : try self.days(days, of: text), try self.spans(spans, of: text)
    )
  }

  private static func days(_ list: String, of text: String) throws(RowProblem) -> [Int] {
    var result: [Int] = []
    for part in list.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false)
      guard ends.count <= 2, let from = days.firstIndex(of: String(ends[0])),
        let to = days.firstIndex(of: String(ends[ends.count - 1]))
      else { throw problem(text, "\"\(part)\" is no day or range of days") }
      result += (0...((to - from + 7) % 7)).map { (from + $0) % 7 }
    }
    return result
  }

  private static func spans(_ list: String, of text: String) throws(RowProblem) -> [Span] {
    if list == "off" || list == "closed" { return [] }
    var result: [Span] = []
    for part in list.split(separator: ",", omittingEmptySubsequences: false) {
      guard let span = span(part) else {
        throw problem(text, "\"\(part)\" is no span like 11:00-22:00")
      }
      result.append(span)
    }
    return result
  }

  private static func span(_ text: Substring) -> Span? {
    var scanner = DigitScanner(text)
    guard let fromHour = scanner.number(digits: 2), scanner.take(":"),
      let fromMinute = scanner.number(digits: 2), scanner.take("-"),
      let toHour = scanner.number(digits: 2), scanner.take(":"),
      let toMinute = scanner.number(digits: 2), scanner.isAtEnd,
      fromHour < 24, fromMinute < 60, toHour <= 48, toMinute < 60
    else { return nil }
    let from = fromHour * 60 + fromMinute
    var to = toHour * 60 + toMinute
    if to <= from { to += minutesInDay }
    return to <= 2 * minutesInDay ? Span(from: from, to: to) : nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func problem(_ text: String, _ why: String) -> RowProblem {
    RowProblem("not opening hours", "\(RowProblem.quote(text)): \(why)")
  }
}
