/// What came of a fleet's simulation; requests while it warmed up are left out.
package struct FleetResult: Sendable {
  package internal(set) var requests = 0
  /// A step that ranking needs had failed, or had no time left.
  package internal(set) var degraded = 0
  /// By a gateway that had too much to do.
  package internal(set) var refused = 0
  /// Sorted, as the caller sees them; refused requests are not among them.
  package internal(set) var latencyNanoseconds: [Int64] = []
  /// Share of the threads' time in which they worked; gateways, and then services in their order.
  package internal(set) var busyShares: [Double] = []
  /// Calls of services, and second copies of late ones, of all requests.
  package internal(set) var calls: UInt64 = 0
  package internal(set) var hedges: UInt64 = 0

  /// Infinite where nothing was answered.
  package func milliseconds(quantile: Double) -> Double {
    guard !latencyNanoseconds.isEmpty else { return .infinity }
    let count = latencyNanoseconds.count
    return Double(latencyNanoseconds[min(count - 1, Int(Double(count) * quantile))]) / 1_000_000
  }

  /// Of all requests, that were refused or answered by a fallback.
  package var sufferedShare: Double { Double(degraded + refused) / Double(max(1, requests)) }
}
