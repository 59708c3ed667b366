internal import Synchronization

/// Only goes up. Adding is one atomic instruction; may be used on any thread.
package final class Counter: Sendable {
  private let total = Atomic<UInt64>(0)

  init() {}

  package func increment(by amount: UInt64 = 1) {
    total.wrappingAdd(amount, ordering: .relaxed)
  }

  package var value: UInt64 { total.load(ordering: .relaxed) }
}
