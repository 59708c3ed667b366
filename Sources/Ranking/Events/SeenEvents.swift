internal import Definitions

/// The ids of the last events, as 64-bit hashes: what comes again is no new event. Among a million
/// ids the chance that a new one is taken for an old one is 5 in 10^14.
package struct SeenEvents: Sendable {
  /// Ids that are kept: 16 bytes each and the set's slack.
  package static let defaultHorizon = 1_000_000

  package let horizon: Int
  private var hashes: Set<UInt64> = []
  private var order: [UInt64] = []
  private var oldest = 0

  package init(horizon: Int = SeenEvents.defaultHorizon) {
    precondition(horizon > 0, "a horizon has events")
    self.horizon = horizon
  }

  package var count: Int { hashes.count }

  /// False when the id is among the last ones.
  @discardableResult
  package mutating func insert(_ id: String) -> Bool {
    let hash = itemKey(id)
    guard hashes.insert(hash).inserted else { return false }
    if order.count < horizon {
      order.append(hash)
    } else {
      hashes.remove(order[oldest])
      order[oldest] = hash
      oldest = (oldest + 1) % horizon
    }
    return true
  }
}
