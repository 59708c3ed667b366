internal import Glibc
internal import RPC
internal import Telemetry
internal import TestSupport

/// One way of a link: bytes that were read and are not due yet.
struct Flow {
  /// On the way at once; a sender has to wait for the rest.
  private static let queuedBytesMax = 256 << 10
  /// A slow way holds little, or its slowness would not be felt.
  private static let slowQueuedBytesMax = 8 << 10
  private static let pieceBytes = 16 << 10

  private struct Piece {
    var due: Instant
    var bytes: ArraySlice<UInt8>
  }

  private var queue: [Piece] = []
  private var queuedBytes = 0
  private var queuedBytesMax = Self.queuedBytesMax
  private var mayPassAt = Instant.now()
  private var awaitsRoom = false
  private var hasToldEnd = false
  /// Since the last cut was asked for.
  var passedBytes = 0
  private(set) var hasEnded = false
  private(set) var hasFailed = false
  private(set) var isCut = false

  /// All has passed, the end too.
  var isDone: Bool { hasToldEnd }

  var readInterest: Int16 { !hasEnded && queuedBytes < queuedBytesMax ? Int16(POLLIN) : 0 }
  var writeInterest: Int16 { awaitsRoom ? Int16(POLLOUT) : 0 }

  mutating func discard(from source: Socket) {
    queue = []
    queuedBytes = 0
    while let bytes = receive(source), !bytes.isEmpty {}
    if hasFailed { hasEnded = true }
  }

  /// - Returns: when the next piece may pass; nil when an event has to come first.
  mutating func move(
    from source: Socket, to target: Socket, _ pace: Pace, cutBytes: Int?,
    _ random: inout SeededGenerator
  ) -> Instant? {
    queuedBytesMax = pace.bytesPerSecond == nil ? Self.queuedBytesMax : Self.slowQueuedBytesMax
    while readInterest != 0, let bytes = receive(source), !bytes.isEmpty {
      let jitter = Int.random(in: 0...pace.jitterMilliseconds, using: &random)
      let due = Instant.now().adding(milliseconds: Int64(pace.delayMilliseconds + jitter))
      queue.append(Piece(due: max(due, queue.last?.due ?? due), bytes: bytes[...]))
      queuedBytes += bytes.count
    }
    return pass(to: target, pace, cutBytes)
  }

  /// Nil when nothing more comes.
  private mutating func receive(_ source: Socket) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: Self.pieceBytes)
    switch bytes.withUnsafeMutableBytes({ source.receive($0) }) {
    case .bytes(let count): return Array(bytes[..<count])
    case .wouldBlock: return []
    case .end: hasEnded = true
    case .failed: hasFailed = true
    }
    return nil
  }

  private mutating func pass(to target: Socket, _ pace: Pace, _ cutBytes: Int?) -> Instant? {
    awaitsRoom = false
    while let first = queue.first {
      let now = Instant.now()
      let due = max(first.due, mayPassAt)
      guard due <= now else { return due }
      var allowed = first.bytes.count
      // A tenth of a second's worth at a time.
      if let rate = pace.bytesPerSecond { allowed = min(allowed, max(1, rate / 10)) }
      if let cutBytes { allowed = min(allowed, cutBytes - passedBytes) }
      guard allowed > 0 else {
        isCut = true
        return nil
      }
      switch first.bytes.prefix(allowed).withUnsafeBytes({ target.send($0) }) {
      case .bytes(let count):
        took(count)
        if let rate = pace.bytesPerSecond {
          mayPassAt = now.adding(nanoseconds: Int64(count) * 1_000_000_000 / Int64(rate))
        }
      case .wouldBlock:
        awaitsRoom = true
        return nil
      case .end, .failed:
        hasFailed = true
        return nil
      }
    }
    if hasEnded, !hasToldEnd {
      hasToldEnd = true
      target.shutDownOutput()
    }
    return nil
  }

  private mutating func took(_ count: Int) {
    passedBytes += count
    queuedBytes -= count
    queue[0].bytes = queue[0].bytes.dropFirst(count)
    if queue[0].bytes.isEmpty { queue.removeFirst() }
  }
}
