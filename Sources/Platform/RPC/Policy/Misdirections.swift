internal import Telemetry

/// Which replicas have said lately that a method is not theirs to serve, as those do that follow a
/// log which another writes. They are passed over for that method alone, while anybody else is left.
/// Pure.
struct Misdirections: Sendable {
  /// Roles change seldom, but a caller shall not ask in vain for long when they do.
  static let nanoseconds: Int64 = 2_000_000_000
  /// Most that are remembered; the oldest give way.
  static let max = 32

  private struct Entry: Sendable {
    let method: String
    let replica: Balancer.ID
    let until: Instant
  }

  /// The oldest first.
  private var entries: [Entry] = []

  /// Nearly always: a call asks this first.
  var isEmpty: Bool { entries.isEmpty }

  mutating func add(_ method: String, _ replica: Balancer.ID, _ now: Instant) {
    entries.removeAll { $0.until <= now || ($0.replica == replica && $0.method == method) }
    if entries.count == Self.max { entries.removeFirst() }
    entries.append(
      Entry(method: method, replica: replica, until: now.adding(nanoseconds: Self.nanoseconds)))
  }

  mutating func remove(_ replica: Balancer.ID) { entries.removeAll { $0.replica == replica } }

  func contains(_ method: String, _ replica: Balancer.ID, _ now: Instant) -> Bool {
    entries.contains { $0.replica == replica && $0.until > now && $0.method == method }
  }
}
