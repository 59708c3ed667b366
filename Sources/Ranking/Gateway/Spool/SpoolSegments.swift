/// What lies in a spool's segments, oldest first, and how far it was forwarded. Pure.
struct SpoolSegments: Equatable, Sendable {
  struct Segment: Equatable, Sendable {
    let number: UInt64
    var bytes = 0
    var records: UInt64 = 0
    /// When its first record came; Unix time. What an earlier run left: when that last wrote to it.
    var sinceMilliseconds: Int64 = 0
  }

  private(set) var all: [Segment]
  private(set) var cursor: SpoolCursor
  /// The last one takes records in.
  private(set) var isOpen = false

  /// Segments of an earlier run, in the order of their numbers. A cursor that lies outside of them
  /// is moved to where they begin or end.
  init(_ left: [Segment] = [], cursor: SpoolCursor = SpoolCursor()) {
    all = left.filter { $0.number >= cursor.segment }
    let first = all.first
    if let first, first.number == cursor.segment {
      self.cursor = SpoolCursor(
        segment: first.number, records: min(cursor.records, first.records))
    } else {
      // Never that segment's number again: its count would be taken for the new one's.
      self.cursor = SpoolCursor(segment: first?.number ?? cursor.segment + 1)
    }
  }

  var bytes: Int { all.reduce(0) { $0 + $1.bytes } }
  var nextNumber: UInt64 { max((all.last?.number ?? 0) + 1, cursor.segment) }

  var waitingDecisions: UInt64 {
    all.reduce(0) { $0 + $1.records } - cursor.records
  }

  /// Unix time after which the oldest of what waits was written; nil when nothing does.
  func waitingSince(caughtUpMilliseconds: Int64) -> Int64? {
    guard waitingDecisions > 0 else { return nil }
    let oldest = all.first { $0.number != cursor.segment || $0.records > cursor.records }
    return max(oldest?.sinceMilliseconds ?? 0, caughtUpMilliseconds)
  }

  /// Begins a segment, whose number is higher than all others; the one before it is complete.
  mutating func open(_ number: UInt64) {
    precondition(number >= nextNumber, "segments are numbered upwards")
    if all.isEmpty { cursor = SpoolCursor(segment: number) }
    all.append(Segment(number: number))
    isOpen = true
  }

  /// The open segment takes no more.
  mutating func closeLast() { isOpen = false }

  mutating func appended(bytes: Int, nowMilliseconds: Int64) {
    guard isOpen, let last = all.indices.last else { return }
    if all[last].records == 0 { all[last].sinceMilliseconds = nowMilliseconds }
    all[last].bytes += bytes
    all[last].records += 1
  }

  /// The segment to read on in, with the records that it has; nil when all was forwarded. Call
  /// `takeFinished` before.
  var readable: Segment? {
    all.first.flatMap { $0.number == cursor.segment && $0.records > cursor.records ? $0 : nil }
  }

  /// The next records of the first segment were forwarded, or given up.
  mutating func settled(_ records: UInt64) {
    cursor.records = min(cursor.records + records, all.first?.records ?? 0)
  }

  /// The rest of the first segment can't be read; how many records that was.
  mutating func giveUpFirst() -> UInt64 {
    guard let first = all.first else { return 0 }
    defer { cursor.records = first.records }
    return first.records - cursor.records
  }

  /// Takes out the segments that are complete and forwarded; their files can go.
  mutating func takeFinished() -> [UInt64] {
    var finished: [UInt64] = []
    while let first = all.first, cursor.records >= first.records, all.count > 1 || !isOpen {
      finished.append(first.number)
      all.removeFirst()
      cursor = SpoolCursor(segment: all.first?.number ?? first.number + 1)
    }
    return finished
  }
}
