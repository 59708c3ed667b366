package import Telemetry

/// Deadlines in order: a binary heap in which cancelled timers stay until they come up, or until they
/// outnumber the live ones. Most timers are deadlines of calls that end long before, so cancelling
/// has to cost next to nothing. Pure.
package struct TimerQueue: Sendable {
  /// Names a timer for good: the slot it has for its time, and which of the slot's uses it is.
  package typealias ID = UInt64

  /// Cancelled timers that are not worth a sweep.
  static let staleLeast = 64

  private struct Entry {
    var deadline: Instant
    var id: ID
  }

  private var heap: [Entry] = []
  /// Which use of each slot is live, or comes next.
  private var uses: [UInt32] = []
  private var freeSlots: [UInt32] = []

  package init() {}

  /// Timers that are still to come.
  package var count: Int { uses.count - freeSlots.count }

  /// Cancelled timers that have not come up.
  var staleCount: Int { heap.count - count }

  /// A small number that no other live timer has, for what belongs to the timer.
  package static func slot(_ id: ID) -> Int { Int(UInt32(truncatingIfNeeded: id)) }

  /// O(log n), and O(1) where deadlines come in order.
  package mutating func schedule(at deadline: Instant) -> ID {
    let slot = freeSlots.popLast() ?? UInt32(uses.count)
    if Int(slot) == uses.count { uses.append(0) }
    let id = UInt64(uses[Int(slot)]) << 32 | UInt64(slot)
    heap.append(Entry(deadline: deadline, id: id))
    siftUp(heap.count - 1)
    return id
  }

  /// O(1) on average; nothing happens for a timer that is gone.
  /// - Returns: whether it was still to come.
  @discardableResult
  package mutating func cancel(_ id: ID) -> Bool {
    guard isLive(id) else { return false }
    free(id)
    if staleCount > max(count, Self.staleLeast) { sweep() }
    return true
  }

  /// No timer comes before this; one that was cancelled may have been due then.
  package var wakeAt: Instant? { heap.first?.deadline }

  /// The earliest timer whose deadline has come, taken out.
  package mutating func popDue(_ now: Instant) -> ID? {
    while let first = heap.first, first.deadline <= now {
      removeFirst()
      guard isLive(first.id) else { continue }
      free(first.id)
      return first.id
    }
    return nil
  }

  private func isLive(_ id: ID) -> Bool { Self.isLive(id, in: uses) }

  private static func isLive(_ id: ID, in uses: [UInt32]) -> Bool {
    let slot = slot(id)
    return slot < uses.count && uses[slot] == UInt32(id >> 32)
  }

  private mutating func free(_ id: ID) {
    let slot = Self.slot(id)
    uses[slot] &+= 1
    freeSlots.append(UInt32(slot))
  }

  /// Takes the cancelled ones out, and orders the rest: O(n), paid for by as many cancels.
  private mutating func sweep() {
    let uses = uses
    heap.removeAll { !Self.isLive($0.id, in: uses) }
    for position in stride(from: heap.count / 2 - 1, through: 0, by: -1) { siftDown(position) }
  }

  private mutating func removeFirst() {
    let last = heap.removeLast()
    guard !heap.isEmpty else { return }
    heap[0] = last
    siftDown(0)
  }

  private mutating func siftUp(_ start: Int) {
    heap.withUnsafeMutableBufferPointer { heap in
      var position = start
      let entry = heap[start]
      while position > 0 {
        let parent = (position - 1) / 2
        guard entry.deadline < heap[parent].deadline else { break }
        heap[position] = heap[parent]
        position = parent
      }
      heap[position] = entry
    }
  }

  private mutating func siftDown(_ start: Int) {
    heap.withUnsafeMutableBufferPointer { heap in
      var position = start
      let entry = heap[start]
      while true {
        var least = 2 * position + 1
        guard least < heap.count else { break }
        let other = least + 1
        if other < heap.count, heap[other].deadline < heap[least].deadline { least = other }
        guard heap[least].deadline < entry.deadline else { break }
        heap[position] = heap[least]
        position = least
      }
      heap[position] = entry
    }
  }
}
