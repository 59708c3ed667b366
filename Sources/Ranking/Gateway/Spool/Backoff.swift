/// How long to wait after failures in a row: twice as long each time, and by chance anything from
/// half of that to all of it, so that gateways which lost the same writer do not come back as one.
/// Pure.
struct Backoff: Equatable, Sendable {
  static let leastMilliseconds: Int64 = 100
  /// A writer that is back is found within this.
  static let mostMilliseconds: Int64 = 5_000

  private var next = Self.leastMilliseconds

  mutating func reset() { next = Self.leastMilliseconds }

  /// Milliseconds to wait now that another attempt has failed.
  mutating func failed(random: inout some RandomNumberGenerator) -> Int64 {
    defer { next = min(next * 2, Self.mostMilliseconds) }
    return max(Self.leastMilliseconds, Int64.random(in: next / 2...next, using: &random))
  }
}
