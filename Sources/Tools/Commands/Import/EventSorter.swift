internal import Messages
internal import RPC

/// Puts events in the order of their times; those of equal times stay as they came.
struct EventSorter {
  private struct Entry {
    let timeMilliseconds: Int64
    let index: Int
    /// The item's row when the event is an order.
    let orderedRow: Int32
  }

  private var entries: [Entry] = []
  private var records = EncodedRecords()
  private let arena = Arena()

  var count: Int { entries.count }

  mutating func append(_ event: Event, row: Int?) {
    entries.append(
      Entry(
        timeMilliseconds: event.timeMilliseconds, index: entries.count,
        orderedRow: event.kind == .order ? row.map(Int32.init) ?? -1 : -1))
    records.append(event, in: arena)
  }

  /// Calls `body` with each event before `end`, in order; the others stay for the next time.
  mutating func flush(
    before end: Int64 = .max, _ body: (_ payload: [UInt8], _ orderedRow: Int?) throws -> Void
  ) rethrows {
    entries.sort { ($0.timeMilliseconds, $0.index) < ($1.timeMilliseconds, $1.index) }
    var kept: [Entry] = []
    var keptRecords = EncodedRecords()
    for entry in entries {
      let payload = records[entry.index]
      if entry.timeMilliseconds < end {
        try body(payload, entry.orderedRow < 0 ? nil : Int(entry.orderedRow))
      } else {
        kept.append(
          Entry(
            timeMilliseconds: entry.timeMilliseconds, index: kept.count,
            orderedRow: entry.orderedRow))
        keptRecords.append(payload)
      }
    }
    (entries, records) = (kept, keptRecords)
  }
}
