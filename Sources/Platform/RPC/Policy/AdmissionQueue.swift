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
  }

  private var lines: [Line]
  package private(set) var count = 0

  package init() { lines = (0..<Self.priorities).map { _ in Line() } }

  package var isEmpty: Bool { count == 0 }

  /// Those that a call of this priority would wait behind.
  package func ahead(of priority: UInt32) -> Int {
    var ahead = 0
    for line in Self.index(priority)..<Self.priorities { ahead += lines[line].count }
    return ahead
  }

  package mutating func append(_ element: Element, priority: UInt32, deadline: Instant) {
    lines[Self.index(priority)].entries.append(Entry(element: element, deadline: deadline))
    count += 1
  }

  package enum Turn {
    case run(Element)
    /// Its caller's time is over.
    case expired(Element)
  }

  package mutating func next(_ now: Instant) -> Turn? {
    for line in lines.indices.reversed() where lines[line].count > 0 {
      let entry = lines[line].removeFirst()
      count -= 1
      return entry.deadline <= now ? .expired(entry.element) : .run(entry.element)
    }
    return nil
  }

  /// Makes room for a call of this priority, if there is one that should go before it.
  package mutating func shed(for priority: UInt32, _ now: Instant) -> Turn? {
    for line in lines.indices where lines[line].count > 0 {
      let end = min(lines[line].entries.count, lines[line].front + Self.searchMax)
      for index in lines[line].front..<end {
        guard let entry = lines[line].entries[index], entry.deadline <= now else { continue }
        remove(index, from: line)
        return .expired(entry.element)
      }
    }
    for line in 0..<Self.index(priority) where lines[line].count > 0 {
      guard let youngest = lines[line].entries.last ?? nil else { continue }
      remove(lines[line].entries.count - 1, from: line)
      return .run(youngest.element)
    }
    return nil
  }

  /// Goes through each line from its end, until `action` says false.
  package func forEachYoungest(_ action: (Element) -> Bool) {
    guard count > 0 else { return }
    for line in lines {
      for index in (line.front..<line.entries.count).reversed() {
        guard let entry = line.entries[index], action(entry.element) else { break }
      }
    }
  }

  private mutating func remove(_ index: Int, from line: Int) {
    count -= 1
    if index == lines[line].front {
      _ = lines[line].removeFirst()
    } else {
      lines[line].entries.remove(at: index)
    }
  }

  private static func index(_ priority: UInt32) -> Int {
    Int(min(priority, UInt32(priorities - 1)))
  }
}
