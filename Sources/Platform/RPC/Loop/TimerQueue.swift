package import Telemetry

/// Deadlines in order: a binary heap whose entries know their places, so that cancelling one takes
/// it out at once. Pure.
package struct TimerQueue: Sendable {
  /// Names a timer for good: the slot it has for its time, and which of the slot's uses it is.
  package typealias ID = UInt64

  private struct Entry {
    var deadline: Instant
    var slot: UInt32
  }

  private struct Slot {
    /// In the heap; nil while the slot is free.
    var position: Int?
    var use: UInt32 = 0
  }

  private var heap: [Entry] = []
  private var slots: [Slot] = []
  private var freeSlots: [UInt32] = []

  package init() {}

  package var count: Int { heap.count }

  /// A small number that no other live timer has, for what belongs to the timer.
  package static func slot(_ id: ID) -> Int { Int(UInt32(truncatingIfNeeded: id)) }

  /// O(log n), and O(1) where deadlines come in order.
  package mutating func schedule(at deadline: Instant) -> ID {
    let slot = freeSlots.popLast() ?? UInt32(slots.count)
    if Int(slot) == slots.count { slots.append(Slot()) }
    heap.append(Entry(deadline: deadline, slot: slot))
    siftUp(heap.count - 1)
    return UInt64(slots[Int(slot)].use) << 32 | UInt64(slot)
  }

  /// O(log n); nothing happens for a timer that is gone.
  /// - Returns: whether it was still to come.
  @discardableResult
  package mutating func cancel(_ id: ID) -> Bool {
    let slot = Self.slot(id)
    guard slot < slots.count, slots[slot].use == UInt32(id >> 32),
      let position = slots[slot].position
    else { return false }
    remove(position)
    return true
  }

  package var nextDeadline: Instant? { heap.first?.deadline }

  /// The earliest timer whose deadline has come, taken out.
  package mutating func popDue(_ now: Instant) -> ID? {
    guard let first = heap.first, first.deadline <= now else { return nil }
    let id = UInt64(slots[Int(first.slot)].use) << 32 | UInt64(first.slot)
    remove(0)
    return id
  }

  private mutating func remove(_ position: Int) {
    let slot = heap[position].slot
    slots[Int(slot)].position = nil
    slots[Int(slot)].use &+= 1
    freeSlots.append(slot)
    let last = heap.removeLast()
    guard position < heap.count else { return }
    heap[position] = last
    siftUp(position)
    siftDown(slots[Int(last.slot)].position!)
  }

  private mutating func siftUp(_ start: Int) {
    var position = start
    let entry = heap[start]
    while position > 0 {
      let parent = (position - 1) / 2
      guard entry.deadline < heap[parent].deadline else { break }
      place(heap[parent], at: position)
      position = parent
    }
    place(entry, at: position)
  }

  private mutating func siftDown(_ start: Int) {
    var position = start
    let entry = heap[start]
    while true {
      var least = 2 * position + 1
      guard least < heap.count else { break }
      let other = least + 1
      if other < heap.count, heap[other].deadline < heap[least].deadline { least = other }
      guard heap[least].deadline < entry.deadline else { break }
      place(heap[least], at: position)
      position = least
    }
    place(entry, at: position)
  }

  private mutating func place(_ entry: Entry, at position: Int) {
    heap[position] = entry
    slots[Int(entry.slot)].position = position
  }
}
