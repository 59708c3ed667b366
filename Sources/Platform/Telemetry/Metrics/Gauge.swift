internal import Synchronization

/// Goes up and down. May be used on any thread.
package final class Gauge: Sendable {
  private let bits = Atomic<UInt64>(0)  // of 0.0

  init() {}

  package func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

  package func set(_ value: Int) { set(Double(value)) }

  /// `amount` may be negative.
  package func add(_ amount: Double) {
    var expected = bits.load(ordering: .relaxed)
    while true {
      let sum = Double(bitPattern: expected) + amount
      let (exchanged, original) = bits.weakCompareExchange(
        expected: expected, desired: sum.bitPattern, ordering: .relaxed)
      if exchanged { return }
      expected = original
    }
  }

  package var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }
}
