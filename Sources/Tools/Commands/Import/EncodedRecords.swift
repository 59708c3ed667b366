internal import RPC

/// Encoded messages one behind the other: a third of what the same take as Swift values.
struct EncodedRecords {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  var count: Int { ends.count }

  subscript(_ index: Int) -> [UInt8] {
    Array(bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]])
  }

  /// Resets the arena.
  mutating func append(_ message: some Message, in arena: Arena) {
    arena.reset()
    message.encode(to: &bytes, in: arena)
    ends.append(bytes.count)
  }

  mutating func append(_ record: [UInt8]) {
    bytes += record
    ends.append(bytes.count)
  }
}
