/// The calls of a connection by their numbers: an open-addressing table, which takes no memory for
/// an idle connection and allocates nothing once it has its size.
///
/// A peer chooses the numbers and could make them collide; it can have no more calls in flight than
/// the connection's limit, which bounds what a search costs.
struct CallTable<Call: AnyObject>: ~Copyable {
  private static var leastCapacity: Int { 16 }

  private struct Slot {
    var number: UInt64
    var call: Unmanaged<Call>?
  }

  private var slots = UnsafeMutableBufferPointer<Slot>(start: nil, count: 0)
  private(set) var count = 0

  init() {}

  deinit {
    for slot in slots { slot.call?.release() }
    slots.deallocate()
  }

  var isEmpty: Bool { count == 0 }

  /// Where the search for a number begins: Fibonacci hashing, as callers count up.
  private func home(_ number: UInt64) -> Int {
    let mixed = number &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 32) & (slots.count - 1)
  }

  private func next(_ index: Int) -> Int { (index + 1) & (slots.count - 1) }

  /// The slot that holds the number, or the free one where it would be.
  private func place(_ number: UInt64) -> Int {
    var index = home(number)
    while slots[index].call != nil, slots[index].number != number { index = next(index) }
    return index
  }

  func contains(_ number: UInt64) -> Bool {
    count > 0 && slots[place(number)].call != nil
  }

  /// The number must not be in the table.
  mutating func insert(_ call: Call, as number: UInt64) {
    // At most three quarters full, so that every search ends soon.
    if (count + 1) * 4 > slots.count * 3 { grow() }
    let index = place(number)
    precondition(slots[index].call == nil, "call \(number) is in the table")
    slots[index] = Slot(number: number, call: .passRetained(call))
    count += 1
  }

  /// Takes the call out, if it is there.
  mutating func remove(_ number: UInt64) -> Call? {
    guard count > 0 else { return nil }
    var hole = place(number)
    guard let call = slots[hole].call else { return nil }
    // What stands behind moves up, so that no search ends at the hole.
    var index = next(hole)
    while slots[index].call != nil {
      let distance = (index - home(slots[index].number)) & (slots.count - 1)
      if distance >= (index - hole) & (slots.count - 1) {
        slots[hole] = slots[index]
        hole = index
      }
      index = next(index)
    }
    slots[hole].call = nil
    count -= 1
    return call.takeRetainedValue()
  }

  /// Empties the table, and gives its memory back.
  mutating func removeAll() -> [(number: UInt64, call: Call)] {
    let calls = slots.compactMap { slot in
      slot.call.map { (number: slot.number, call: $0.takeRetainedValue()) }
    }
    count = 0
    release()
    return calls
  }

  /// Gives an empty table's memory back.
  mutating func release() {
    guard isEmpty else { return }
    slots.deallocate()
    slots = UnsafeMutableBufferPointer(start: nil, count: 0)
  }

  private mutating func grow() {
    let old = slots
    slots = .allocate(capacity: max(Self.leastCapacity, old.count * 2))
    slots.initialize(repeating: Slot(number: 0, call: nil))
    for slot in old where slot.call != nil { slots[place(slot.number)] = slot }
    old.deallocate()
  }
}
