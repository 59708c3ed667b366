/// Where a call may not go: the replicas that it has been sent to, and those that have not loaded
/// what it needs. Small and kept in place, as every call has one.
package struct TriedReplicas: Sendable {
  /// Most attempts of one call, whatever its policy says.
  package static let max = 4

  // No vector: that wants an alignment for which memory is taken the slow way, call by call.
  private var ids = InlineArray<4, Int>(repeating: -1)
  package private(set) var count = 0
  /// The hash of a tag; 0 where any replica will do.
  let requires: UInt64

  package init() { requires = 0 }

  init(requires: UInt64) { self.requires = requires }

  package func contains(_ id: Balancer.ID) -> Bool {
    for index in 0..<count where ids[index] == id { return true }
    return false
  }

  package mutating func insert(_ id: Balancer.ID) {
    precondition(count < Self.max, "more attempts than \(Self.max)")
    ids[count] = id
    count += 1
  }
}
