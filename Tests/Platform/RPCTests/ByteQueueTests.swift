import TestSupport
import Testing

@testable import RPC

@Suite struct ByteQueueTests {
  @Test func `bytes leave in the order that they came`() {
    for seed in UInt64(1)...40 {
      var random = SeededGenerator(seed: seed)
      var queue = ByteQueue()
      var reference: [UInt8] = []
      for _ in 0..<300 {
        switch Int.random(in: 0..<5, using: &random) {
        case 0, 1:
          let bytes = random.bytes(0...3_000)
          bytes.withUnsafeBytes { queue.append($0) }
          reference += bytes
        case 2:
          let bytes = random.bytes(1...100)
          let room = queue.room(bytes.count)
          #expect(room.count >= bytes.count)
          room.copyBytes(from: bytes)
          queue.wrote(bytes.count)
          reference += bytes
        case 3:
          let count = Int.random(in: 0...reference.count, using: &random)
          queue.consume(count)
          reference.removeFirst(count)
        default: queue.reclaim()
        }
        let (count, isEmpty) = (queue.count, queue.isEmpty)
        #expect(count == reference.count && isEmpty == reference.isEmpty)
        let unread = Array(queue.unread)
        #expect(unread == reference, "seed \(seed)")
      }
    }
  }

  @Test func `what was consumed stays in its place until it is reclaimed`() {
    var queue = ByteQueue()
    Array("onetwo".utf8).withUnsafeBytes { queue.append($0) }
    let one = queue.front..<queue.front + 3
    queue.consume(3)
    // Growing moves the memory, not the offsets.
    [UInt8](repeating: 0, count: 100_000).withUnsafeBytes { queue.append($0) }
    let consumed = String(decoding: queue.bytes(at: one), as: UTF8.self)
    #expect(consumed == "one")
    queue.reclaim()
    let (front, next) = (queue.front, String(decoding: queue.unread.prefix(3), as: UTF8.self))
    #expect(front == 0 && next == "two")
  }

  @Test func `an empty queue keeps little memory, and gives all back when told`() {
    var queue = ByteQueue()
    func capacity(_ queue: inout ByteQueue) -> Int { queue.room(1).count }
    let first = capacity(&queue)
    #expect(first == 4 << 10)
    queue.wrote(queue.room(ByteQueue.keptBytesMax + 1).count)
    queue.consume(queue.count)
    queue.reclaim()
    let small = capacity(&queue)
    #expect(small < ByteQueue.keptBytesMax)
    let kept = queue.room(ByteQueue.keptBytesMax).count
    queue.reclaim()
    let still = capacity(&queue)
    #expect(still == kept)
    queue.release()
    let afresh = capacity(&queue)
    #expect(afresh == 4 << 10)
  }

  @Test func `memory that holds something is not released`() {
    var queue = ByteQueue()
    Array("x".utf8).withUnsafeBytes { queue.append($0) }
    queue.release()
    let held = Array(queue.unread)
    #expect(held == Array("x".utf8))
  }
}
