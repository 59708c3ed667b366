internal import Definitions
internal import Messages

/// The log of a data folder, read for its visits: orders of items that the catalogue has.
struct VisitLog {
  let folder: String
  let catalogue: Catalogue

  private var path: String { "\(folder)/events.brigade" }

  func isVisit(_ event: Event) -> Bool {
    event.kind == .order && catalogue.row(ofKey: itemKey(event.itemID)) != nil
  }

  func count() throws -> Int {
    var count = 0
    try EventLog.read(path) { event, _ in if isVisit(event) { count += 1 } }
    return count
  }

  /// Every event in log order: its number among the visits, nil for another one, and its part.
  func forEach(
    in split: TimeSplit, _ body: (Event, _ visit: Int?, TimeSplit.Part) throws -> Void
  ) throws {
    var cursor = SplitCursor(split)
    try EventLog.read(path) { event, _ in
      let isVisit = isVisit(event)
      let part = cursor.next(isVisit: isVisit)
      try body(event, isVisit ? cursor.visits - 1 : nil, part)
    }
  }
}
