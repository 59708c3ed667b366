internal import Glibc

/// Finds the entry of a name that stands in a request's head, without making a string of it: a table
/// by the hash of the name's bytes, made once.
final class MethodIndex {
  private struct Slot {
    let hash: UInt64
    let name: [UInt8]
    let entry: MethodTable.Entry
  }

  /// A power of two, at least twice as many as there are methods.
  private var slots: [Slot?]

  init(_ entries: [String: MethodTable.Entry]) {
    var capacity = 16
    while capacity < entries.count * 2 { capacity *= 2 }
    slots = Array(repeating: nil, count: capacity)
    for (name, entry) in entries {
      let bytes = Array(name.utf8)
      let hash = bytes.withUnsafeBytes { Self.hash($0) }
      var index = Int(truncatingIfNeeded: hash) & (capacity - 1)
      while slots[index] != nil { index = (index + 1) & (capacity - 1) }
      slots[index] = Slot(hash: hash, name: bytes, entry: entry)
    }
  }

  func find(_ name: UnsafeRawBufferPointer) -> MethodTable.Entry? {
    let hash = Self.hash(name)
    return slots.withUnsafeBufferPointer { slots in
      var index = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while let hit = slots[index]?.hash {
        if hit == hash, let slot = slots[index], Self.equal(slot.name, name) { return slot.entry }
        index = (index + 1) & (slots.count - 1)
      }
      return nil
    }
  }

  private static func equal(_ name: [UInt8], _ bytes: UnsafeRawBufferPointer) -> Bool {
    name.count == bytes.count
      && name.withUnsafeBytes { memcmp($0.baseAddress!, bytes.baseAddress!, bytes.count) == 0 }
  }

  /// Eight bytes at a time. The names in the table are ours; a caller's choice of another finds a
  /// longer search at worst.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = UInt64(truncatingIfNeeded: bytes.count)
    var offset = 0
    while offset + 8 <= bytes.count {
      hash = mix(hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      offset += 8
    }
    var rest: UInt64 = 0
    while offset < bytes.count {
      rest = rest << 8 | UInt64(bytes[offset])
      offset += 1
    }
    hash = mix(hash ^ rest)
    return hash ^ hash >> 32
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    let (high, low) = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return high ^ low
  }
}
