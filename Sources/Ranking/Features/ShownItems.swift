internal import Definitions
internal import Messages

/// Which items each request of a log showed, and what came of them: one pass over the log, before the
/// one that computes rows, since labels come after their rows.
struct ShownItems {
  private var groupIndexes: [Key: Int] = [:]
  private(set) var groups: [Group] = []
  /// Orders of what their request had not shown: how many events came before each, ascending.
  private(set) var unpromptedOrders: [UInt64] = []
  private var position: UInt64 = 0

  struct Group {
    fileprivate(set) var keys: [UInt64] = []
    fileprivate(set) var labels: [UInt8] = []
  }

  /// A request belongs to one user; an id that two users share is two requests. Hashed, because a
  /// year's ids as strings fill the memory.
  private struct Key: Hashable {
    var request: UInt64
    var user: UInt64

    init?(_ event: Event) {
      guard !event.requestID.isEmpty else { return nil }
      request = itemKey(event.requestID)
      user = itemKey(event.userID)
    }
  }

  func index(of event: Event) -> Int? { Key(event).flatMap { groupIndexes[$0] } }

  /// Events in log order.
  mutating func note(_ event: Event) {
    switch event.kind {
    case .impression: show(event)
    case .click: _ = label(event, 1)
    case .order:
      let isAnswer = label(event, 2)
      if !isAnswer, !event.itemID.isEmpty { unpromptedOrders.append(position) }
    case .unknown, .open, .rating: break
    }
    position += 1
  }

  /// An item shown twice in one request is one row.
  private mutating func show(_ event: Event) {
    guard let key = Key(event), !event.itemID.isEmpty else { return }
    let index = groupIndexes[key] ?? groups.count
    if index == groups.count {
      groupIndexes[key] = index
      groups.append(Group())
    }
    let item = itemKey(event.itemID)
    guard !groups[index].keys.contains(item) else { return }
    groups[index].keys.append(item)
    groups[index].labels.append(0)
  }

  /// False for what was not shown before: then it is no answer to the showing.
  private mutating func label(_ event: Event, _ label: UInt8) -> Bool {
    guard let index = index(of: event),
      let row = groups[index].keys.firstIndex(of: itemKey(event.itemID))
    else { return false }
    groups[index].labels[row] = max(groups[index].labels[row], label)
    return true
  }
}
