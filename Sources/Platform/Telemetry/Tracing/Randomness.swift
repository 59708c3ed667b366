/// The 56 bits of chance that all who see a trace decide by (OpenTelemetry's consistent probability
/// sampling): the end of its id, as W3C Trace Context 2 has it, unless the caller names others.
package struct Randomness: Equatable, Sendable {
  private static let bits: UInt64 = 56
  /// Above all values.
  package static let end: UInt64 = 1 << bits

  package let value: UInt64

  package init(of id: TraceID) { value = id.low & (Self.end - 1) }

  /// Nil for what has more bits.
  init?(_ value: UInt64) {
    guard value < Self.end else { return nil }
    self.value = value
  }
}
