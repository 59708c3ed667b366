/// How far a log goes, and what it holds up to there.
package struct LogMark: Equatable, Sendable, CustomStringConvertible {
  private static let prime: UInt64 = 0x0000_0100_0000_01B3

  /// Events up to here; 0 before the first.
  package private(set) var position: UInt64 = 0
  /// FNV-1a, 64 bits, over the ids of all of them in order, each with a zero byte behind it, which no
  /// UTF-8 of an id without one contains. Never 0, which stands for an unknown one.
  package private(set) var chain: UInt64 = 0xCBF2_9CE4_8422_2325

  package init() {}

  package mutating func advance(by id: String) {
    position += 1
    var hash = chain
    for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* Self.prime }
    hash = hash &* Self.prime
    chain = hash == 0 ? 1 : hash
  }

  package var description: String { "\(position) (\(String(chain, radix: 16)))" }
}

/// The marks of every position from a base on, 8 bytes each: what a follower says of its log is
/// compared with it.
package struct LogHistory: Sendable {
  package let base: LogMark
  package private(set) var end: LogMark
  /// Of the positions behind the base.
  private var chains: [UInt64] = []

  package init(base: LogMark) {
    self.base = base
    end = base
  }

  package mutating func append(_ id: String) {
    end.advance(by: id)
    chains.append(end.chain)
  }

  /// Nil outside of what is kept.
  package func chain(at position: UInt64) -> UInt64? {
    if position == base.position { return base.chain }
    guard position > base.position, position <= end.position else { return nil }
    return chains[Int(position - base.position) - 1]
  }

  /// Why a log that has `chain` at `position` is not the beginning of this one; nil when it may be.
  package func difference(at position: UInt64, chain: UInt64) -> String? {
    guard position >= base.position else {
      return "position \(position) lies in the base log, which goes to \(base.position) here"
    }
    guard let own = self.chain(at: position) else {
      return "position \(position) lies behind the end of this log, \(end.position)"
    }
    guard chain == 0 || chain == own else {
      return "the logs differ at or before position \(position)"
    }
    return nil
  }
}
