/// Rows by key: open addressing over keys that are hashes already, which is several times faster
/// than a `Dictionary` that hashes them again.
struct KeyTable: Sendable {
  private static let empty: Int32 = -1

  private(set) var keys: [UInt64] = []
  private var slots: [Int32] = Array(repeating: KeyTable.empty, count: 16)

  func row(of key: UInt64) -> Int? {
    let row = slots[slot(of: key)]
    return row == Self.empty ? nil : Int(row)
  }

  /// Gives the key the next row, or returns the row that has it already.
  mutating func insert(_ key: UInt64) -> Int? {
    let slot = slot(of: key)
    if slots[slot] != Self.empty { return Int(slots[slot]) }
    slots[slot] = Int32(keys.count)
    keys.append(key)
    if keys.count * 2 > slots.count { grow() }
    return nil
  }

  private func slot(of key: UInt64) -> Int {
    let mask = slots.count - 1
    // FNV's low bits are its weakest; the multiplication brings the high ones down.
    var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while slots[slot] != Self.empty, keys[Int(slots[slot])] != key { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    slots = Array(repeating: Self.empty, count: slots.count * 2)
    for row in keys.indices {
      let slot = slot(of: keys[row])
      slots[slot] = Int32(row)
    }
  }
}
