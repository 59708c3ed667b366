package import Telemetry

/// Deadlines in order: a binary heap of identifiers. Pure. Cancelling forgets the identifier and
/// leaves its entry to be passed over, so that it costs nothing in the heap.
package struct TimerQueue: Sendable {
  package typealias ID = UInt64

  private struct Entry {
    var deadline: Instant
    var id: ID
  }

  private var heap: [Entry] = []
  private var live: Set<ID> = []
  private var nextID: ID = 1

  package init() {}

  package var count: Int { live.count }

  /// O(log n).
  package mutating func schedule(at deadline: Instant) -> ID {
    let id = nextID
    nextID += 1
    live.insert(id)
    heap.append(Entry(deadline: deadline, id: id))
    siftUp(heap.count - 1)
    return id
  }

  /// O(1) amortised: when most entries are cancelled ones, the heap is rebuilt.
  package mutating func cancel(_ id: ID) {
    guard live.remove(id) != nil, heap.count > 64, heap.count > live.count * 2 else { return }
    heap.removeAll { !live.contains($0.id) }
    for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { siftDown(index) }
  }

  package var nextDeadline: Instant? {
    mutating get {
      while let first = heap.first {
        if live.contains(first.id) { return first.deadline }
        removeFirst()
      }
      return nil
    }
  }

  /// The earliest timer whose deadline has come, taken out.
  package mutating func popDue(_ now: Instant) -> ID? {
    guard let deadline = nextDeadline, deadline <= now else { return nil }
    let id = heap[0].id
    removeFirst()
    live.remove(id)
    return id
  }

  private mutating func removeFirst() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    if !heap.isEmpty { siftDown(0) }
  }

  private mutating func siftUp(_ start: Int) {
    var index = start
    while index > 0 {
      let parent = (index - 1) / 2
      guard heap[index].deadline < heap[parent].deadline else { return }
      heap.swapAt(index, parent)
      index = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var index = start
    while true {
      var least = index
      for child in (2 * index + 1)...(2 * index + 2) where child < heap.count {
        if heap[child].deadline < heap[least].deadline { least = child }
      }
      guard least != index else { return }
      heap.swapAt(index, least)
      index = least
    }
  }
}
