internal import Glibc

/// Finds the entry of a name that stands in a request's head, without making a string of it: a table
/// by the hash of the name's bytes, made once.
final class MethodIndex {
  private struct Slot {
    var hash: UInt64
    /// Of the slot's own memory; nil in a free slot.
    var name: UnsafeMutableRawBufferPointer?
    var entry: Unmanaged<MethodTable.Entry>?
  }

  /// A power of two of them, at least twice as many as there are methods.
  private let slots: UnsafeMutableBufferPointer<Slot>

  init(_ entries: [String: MethodTable.Entry]) {
    var capacity = 16
    while capacity < entries.count * 2 { capacity *= 2 }
    slots = .allocate(capacity: capacity)
    slots.initialize(repeating: Slot(hash: 0))
    for (name, entry) in entries {
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: name.utf8.count, alignment: 1)
      copy.copyBytes(from: name.utf8)
      let hash = Self.hash(UnsafeRawBufferPointer(copy))
      var index = Int(truncatingIfNeeded: hash) & (capacity - 1)
      while slots[index].name != nil { index = (index + 1) & (capacity - 1) }
      slots[index] = Slot(hash: hash, name: copy, entry: .passRetained(entry))
    }
  }

  deinit {
    for slot in slots {
      slot.name?.deallocate()
      slot.entry?.release()
    }
    slots.deallocate()
  }

  func find(_ name: UnsafeRawBufferPointer) -> MethodTable.Entry? {
    let hash = Self.hash(name)
    var index = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while let known = slots[index].name {
      if slots[index].hash == hash, known.count == name.count,
        known.isEmpty || memcmp(known.baseAddress!, name.baseAddress!, name.count) == 0
      {
        return slots[index].entry?.takeUnretainedValue()
      }
      index = (index + 1) & (slots.count - 1)
    }
    return nil
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
    if offset < bytes.count {
      // The last eight bytes, some of them again, or the few that there are.
      var rest: UInt64 = 0
      if bytes.count >= 8 {
        rest = bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
      } else {
        for byte in bytes { rest = rest << 8 | UInt64(byte) }
      }
      hash = mix(hash ^ rest)
    }
    return hash ^ hash >> 32
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    let (high, low) = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return high ^ low
  }
}
