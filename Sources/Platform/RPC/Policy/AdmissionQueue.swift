package import Telemetry

/// Calls that wait for their turn: the more urgent first, and among equals the older. When it is full,
/// what has expired goes first, then the least urgent of the youngest. Pure.
package struct AdmissionQueue<Element> {
  /// Priorities told apart; higher ones count as the highest.
  package static var priorities: Int { 4 }
  /// Entries that are looked at for expired ones when a call finds no room.
  private static var searchMax: Int { 64 }

  private struct Entry {
    let element: Element
    let deadline: Instant
  }

  private struct Line {
    /// Nil where one was taken out: whoever holds an element may ask whether it is the only one.
    var entries: [Entry?] = []
    var front = 0

    var count: Int { entries.count - front }

    mutating func removeFirst() -> Entry {
      var taken: Entry?
      swap(&taken, &entries[front])
      guard let entry = taken else { preconditionFailure("an entry was taken twice") }
      front += 1
      if front == entries.count {
        entries.removeAll(keepingCapacity: true)
        front = 0
      } else if front >= 256, front * 2 > entries.count {
        entries.removeFirst(front)
        front = 0
      }
      return entry
    }

    mutating func removeLast() -> Entry? {
      guard count > 0 else { return nil }
      return entries.removeLast()
    }

    mutating func removeExpired(_ now: Instant, among searchMax: Int) -> Entry? {
      for index in front..<min(entries.count, front + searchMax) {
        guard let entry = entries[index], entry.deadline <= now else { continue }
        return index == front ? removeFirst() : entries.remove(at: index)
      }
      return nil
    }

    func expired(_ now: Instant, among searchMax: Int) -> Int {
      entries[front..<min(entries.count, front + searchMax)].count {
        $0.map { $0.deadline <= now } ?? false
      }
    }

    func forEachYoungest(_ action: (Element) -> Bool) {
      for index in (front..<entries.count).reversed() {
        guard let entry = entries[index], action(entry.element) else { return }
      }
    }
  }

  /// Of priority 0, which nearly all have: it costs no more than one line alone would.
  private var normal = Line()
  private var urgent: [Line]
  private var urgentCount = 0

  package init() { urgent = (1..<Self.priorities).map { _ in Line() } }

  package var count: Int { normal.count + urgentCount }
  package var isEmpty: Bool { count == 0 }

  /// Those that a call of this priority would wait behind.
  package func ahead(of priority: UInt32) -> Int {
    let line = Self.index(priority)
    if line == 0 { return count }
    return urgentCount == 0 ? 0 : urgent[(line - 1)...].reduce(0) { $0 + $1.count }
  }

  /// Those of them that have expired, as far as they are found among each line's oldest.
  package func expired(aheadOf priority: UInt32, _ now: Instant) -> Int {
    let line = Self.index(priority)
    let ofUrgent = urgent[max(0, line - 1)...].reduce(0) {
      $0 + $1.expired(now, among: Self.searchMax)
    }
    return line == 0 ? ofUrgent + normal.expired(now, among: Self.searchMax) : ofUrgent
  }

  package mutating func append(_ element: Element, priority: UInt32, deadline: Instant) {
    let entry = Entry(element: element, deadline: deadline)
    let line = Self.index(priority)
    guard line > 0 else { return normal.entries.append(entry) }
    urgent[line - 1].entries.append(entry)
    urgentCount += 1
  }

  package enum Turn {
    case run(Element)
    /// Its caller's time is over.
    case expired(Element)
  }

  package mutating func next(_ now: Instant) -> Turn? {
    guard let entry = removeFirst() else { return nil }
    return entry.deadline <= now ? .expired(entry.element) : .run(entry.element)
  }

  private mutating func removeFirst() -> Entry? {
    if urgentCount > 0 {
      for line in urgent.indices.reversed() where urgent[line].count > 0 {
        urgentCount -= 1
        return urgent[line].removeFirst()
      }
    }
    return normal.count > 0 ? normal.removeFirst() : nil
  }

  /// Makes room for a call of this priority, if there is one that should go before it.
  package mutating func shed(for priority: UInt32, _ now: Instant) -> Turn? {
    if let expired = normal.removeExpired(now, among: Self.searchMax) {
      return .expired(expired.element)
    }
    for line in urgent.indices {
      guard let expired = urgent[line].removeExpired(now, among: Self.searchMax) else { continue }
      urgentCount -= 1
      return .expired(expired.element)
    }
    let own = Self.index(priority)
    guard own > 0 else { return nil }
    if let youngest = normal.removeLast() { return .run(youngest.element) }
    for line in 0..<own - 1 {
      guard let youngest = urgent[line].removeLast() else { continue }
      urgentCount -= 1
      return .run(youngest.element)
    }
    return nil
  }

  /// Goes through each line from its end, until `action` says false.
  package func forEachYoungest(_ action: (Element) -> Bool) {
    guard count > 0 else { return }
    normal.forEachYoungest(action)
    for line in urgent { line.forEachYoungest(action) }
  }

  private static func index(_ priority: UInt32) -> Int {
    Int(min(priority, UInt32(priorities - 1)))
  }
}
