package import Messages

/// When an item is open, in the local week of its place.
package struct OpeningHours: Hashable, Sendable {
  /// What `interval` answers for an item that never closes: 1970 and 2100.
  package static let always: (fromSeconds: Int64, untilSeconds: Int64) = (0, 4_102_444_800)

  /// Half-open, apart from each other, ascending; one may run over the end of the week.
  private struct Span: Hashable {
    var from: UInt16
    var to: UInt16
  }

  private let spans: [Span]
  /// No hours were given, or they leave no minute of the week out.
  package let alwaysOpen: Bool

  /// Intervals that overlap or touch become one. Those that `problem` objects to count as closed.
  package init(_ intervals: [OpenInterval]) {
    spans = Self.joined(intervals.filter { Self.problem(in: $0) == nil })
    let week = LocalTime.minutesInWeek
    alwaysOpen = intervals.isEmpty || spans.contains { Int($0.to) - Int($0.from) >= week }
  }

  /// Why an interval is no opening time, or nil.
  package static func problem(in interval: OpenInterval) -> String? {
    let week = UInt32(LocalTime.minutesInWeek)
    if interval.fromMinute >= week { return "opens at minute \(interval.fromMinute) of the week" }
    if interval.toMinute <= interval.fromMinute { return "closes before it opens" }
    if interval.toMinute - interval.fromMinute > week { return "stays open for more than a week" }
    return nil
  }

  package func isOpen(minuteOfWeek: Int) -> Bool {
    alwaysOpen || span(containing: minuteOfWeek) != nil
  }

  /// The Unix seconds from opening to closing around a moment; nil when closed then.
  ///
  /// Where the clock changes between the moment and an end, that end is taken on the clock that
  /// holds there.
  package func interval(containing unixMilliseconds: Int64, zone: ZoneTable) -> (
    fromSeconds: Int64, untilSeconds: Int64
  )? {
    if alwaysOpen { return Self.always }
    let minute = LocalTime(unixMilliseconds: unixMilliseconds, zone: zone).minuteOfWeek
    guard let found = span(containing: minute) else { return nil }
    let week = LocalTime.minutesInWeek
    let inside = minute >= Int(found.from) ? minute : minute + week
    let now = unixMilliseconds.dividedDown(by: 1000)
    let offset = Int64(zone.offsetSeconds(atUnixSeconds: now))
    let wholeMinute = (now + offset).dividedDown(by: 60) * 60 - offset
    let from = wholeMinute - Int64(inside - Int(found.from)) * 60
    let until = wholeMinute + Int64(Int(found.to) - inside) * 60
    let movedFrom = from + offset - Int64(zone.offsetSeconds(atUnixSeconds: from))
    let movedUntil = until + offset - Int64(zone.offsetSeconds(atUnixSeconds: until))
    // An end inside the hour that the clock skips would fall on the wrong side of the moment.
    return (movedFrom <= now ? movedFrom : from, movedUntil > now ? movedUntil : until)
  }

  private func span(containing minute: Int) -> Span? {
    let later = minute + LocalTime.minutesInWeek
    return spans.first {
      (Int($0.from) <= minute && minute < Int($0.to))
        || (Int($0.from) <= later && later < Int($0.to))
    }
  }

  private static func joined(_ intervals: [OpenInterval]) -> [Span] {
    let week = UInt16(LocalTime.minutesInWeek)
    var pieces: [Span] = []
    for interval in intervals {
      let (from, to) = (UInt16(interval.fromMinute), UInt16(interval.toMinute))
      pieces.append(Span(from: from, to: min(to, week)))
      if to > week { pieces.append(Span(from: 0, to: to - week)) }
    }
    pieces.sort { ($0.from, $0.to) < ($1.from, $1.to) }
    var spans: [Span] = []
    for piece in pieces {
      if let last = spans.last, piece.from <= last.to {
        spans[spans.count - 1].to = max(last.to, piece.to)
      } else {
        spans.append(piece)
      }
    }
    if spans.count > 1, spans[0].from == 0, spans[spans.count - 1].to == week {
      let monday = spans.removeFirst()
      spans[spans.count - 1].to += monday.to
    }
    return spans
  }
}
