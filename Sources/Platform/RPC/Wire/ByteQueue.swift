/// Bytes on their way in or out of a socket: appended at the end, consumed from the front.
///
/// Consuming moves an index, so that what was parsed stays in place until `reclaim`; offsets count
/// from the front at the last `reclaim`.
package struct ByteQueue: ~Copyable {
  /// Larger memory is given back as soon as the queue is empty; smaller by its owner, once the
  /// connection is idle. Many large calls at once need this much in every turn.
  static let keptBytesMax = 1 << 20
  private static let firstBytes = 4 << 10

  private var base: UnsafeMutableRawPointer?
  private var capacity = 0
  /// Offset of the first unconsumed byte.
  package private(set) var front = 0
  private var end = 0

  package init() {}

  deinit { base?.deallocate() }

  package var count: Int { end - front }
  package var isEmpty: Bool { end == front }

  package var unread: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: memory[front..<end])
  }

  /// Bytes by offset, consumed or not, since the last `reclaim`.
  package func bytes(at range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: memory[range])
  }

  private var memory: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: end) }

  package mutating func consume(_ count: Int) {
    precondition(count >= 0 && front + count <= end)
    front += count
  }

  /// Forgets what was consumed; offsets taken before mean nothing after.
  package mutating func reclaim() {
    guard front > 0 || (isEmpty && capacity > Self.keptBytesMax) else { return }
    if isEmpty {
      (front, end) = (0, 0)
      if capacity > Self.keptBytesMax { release() }
    } else {
      base!.copyMemory(from: base! + front, byteCount: count)
      (front, end) = (0, count)
    }
  }

  /// Gives an empty queue's memory back.
  package mutating func release() {
    guard isEmpty else { return }
    base?.deallocate()
    (base, capacity, front, end) = (nil, 0, 0, 0)
  }

  /// Room for at least `minimum` bytes at the end; what is written there counts after `wrote`.
  package mutating func room(_ minimum: Int) -> UnsafeMutableRawBufferPointer {
    if capacity - end < minimum {
      let grown = max(capacity * 2, end + minimum, Self.firstBytes)
      let fresh = UnsafeMutableRawPointer.allocate(byteCount: grown, alignment: 16)
      if let base {
        fresh.copyMemory(from: base, byteCount: end)
        base.deallocate()
      }
      (base, capacity) = (fresh, grown)
    }
    return UnsafeMutableRawBufferPointer(start: base! + end, count: capacity - end)
  }

  package mutating func wrote(_ count: Int) {
    precondition(end + count <= capacity)
    end += count
  }

  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    room(bytes.count).baseAddress!.copyMemory(from: source, byteCount: bytes.count)
    wrote(bytes.count)
  }
}
